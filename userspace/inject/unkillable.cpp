// SPDX-License-Identifier: Apache-2.0
// A process that SIGKILL does not end: it waits for the answer of a server that has read its request.
#include <fcntl.h>
#include <signal.h>

#include <array>

#include "inject/mute_server.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

void killed_client(const Stage& stage) {
  serve({.never_answers = FUSE_OPEN,
         .client = [](const char* file) { open(file, O_RDONLY | O_CLOEXEC); },
         .swallowed =
             [&stage](int client) {
               kill(client, SIGKILL);
               stage.announce({client, client, 0, Awaited::in_disk_sleep(), {}});
             }});
}

constexpr std::array variants{
    Variant{"fuse_open", "opens a file whose FUSE server does not answer, and is killed (needs root)",
            killed_client},
};

}  // namespace

std::span<const Variant> unkillable_variants() {
  return variants;
}

}  // namespace wedged::inject
