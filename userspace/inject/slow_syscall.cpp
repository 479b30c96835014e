// SPDX-License-Identifier: Apache-2.0
// An open that waits, interruptibly, for a file system's server.
#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "inject/mute_server.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

void open_of_mute_server(const Stage& stage) {
  serve({.never_answers = FUSE_OPEN, .client = [&stage](const char* file) {
           stage.announce({getpid(), own_tid(), 0, Awaited::in_call(SYS_openat), {}});
           open(file, O_RDONLY | O_CLOEXEC);
         }});
}

constexpr std::array variants{
    Variant{"fuse_open", "opens a file whose FUSE server does not answer (needs root)", open_of_mute_server},
};

}  // namespace

std::span<const Variant> slow_syscall_variants() {
  return variants;
}

}  // namespace wedged::inject
