// SPDX-License-Identifier: Apache-2.0
// A read that waits in D state for a page that a file system's server never sends. SIGKILL still ends it.
#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "inject/mute_server.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

void read_of_mute_server(const Stage& stage) {
  serve({.never_answers = FUSE_READ, .client = [&stage](const char* file) {
           const int fd = must(open(file, O_RDONLY | O_CLOEXEC), file);
           char byte = 0;
           stage.announce({getpid(), own_tid(), 0, Awaited::in_disk_sleep(), {}});
           static_cast<void>(!read(fd, &byte, 1));
         }});
}

constexpr std::array variants{
    Variant{"fuse_read", "reads a file whose FUSE server does not answer (needs root)", read_of_mute_server},
};

}  // namespace

std::span<const Variant> uninterruptible_wait_variants() {
  return variants;
}

}  // namespace wedged::inject
