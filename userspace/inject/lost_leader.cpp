// SPDX-License-Identifier: Apache-2.0
// The main thread ends and leaves the others behind, as if it had never been needed.
#include <pthread.h>
#include <unistd.h>

#include <array>

#include "inject/stage.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

void by_exit(const Stage& stage) {
  start("heartbeat", [] {
    for (;;) sleep_for(std::chrono::milliseconds(100));
  });
  stage.announce({getpid(), own_tid(), 0, Awaited::to_be_gone(), {}});
  pthread_exit(nullptr);
}

constexpr std::array variants{
    Variant{"pthread_exit", "the main thread calls pthread_exit, a heartbeat goes on", by_exit},
};

}  // namespace

std::span<const Variant> lost_leader_variants() {
  return variants;
}

}  // namespace wedged::inject
