// SPDX-License-Identifier: Apache-2.0
// What /proc says of a thread that is about to get stuck, and waiting until it has. Knows nothing of locks.
#pragma once

#include <sys/syscall.h>

#include "util/clock.h"

namespace wedged::inject {

// What a thread shall be seen doing.
struct Awaited {
  enum class What { nothing, sleeping_in_call, disk_sleep, stopped, runnable, gone } what = What::nothing;
  long call = SYS_futex;  // `sleeping_in_call` only

  static Awaited in_call(long number) { return {What::sleeping_in_call, number}; }
  static Awaited in_disk_sleep() { return {What::disk_sleep}; }
  static Awaited to_be_stopped() { return {What::stopped}; }    // or traced
  static Awaited to_be_runnable() { return {What::runnable}; }  // on a CPU or not
  static Awaited to_be_gone() { return {What::gone}; }          // or a zombie
};

// For a fault to come about on a machine that is busy with something else.
inline constexpr auto long_enough = std::chrono::seconds(60);

// True as soon as it holds; false if it does not within `long_enough`.
[[nodiscard]] bool comes_true(int pid, int tid, Awaited awaited);

void sleep_for(Duration duration);

}  // namespace wedged::inject
