// SPDX-License-Identifier: Apache-2.0
// A process with several threads forks while another thread holds a lock: the child gets the locked copy, and
// no thread that could unlock it. The parent lives on and is well.
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "inject/stage.h"
#include "inject/variants.h"

extern "C" {

// What the child hangs in: the first line of its log.
WEDGED_OWN_FRAME void write_log_line() {
  const time_t now = time(nullptr);
  tm parts{};
  localtime_r(&now, &parts);
  asm volatile("" : : "r"(&parts) : "memory");
}

}  // extern "C"

namespace wedged::inject {
namespace {

pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

void wait_for_end_of(int child) {
  waitpid(child, nullptr, 0);
  idle();
}

// The C library reads the time zone's file with its lock held; this "file" is a pipe and has nothing to say
// until the child is there.
void time_zone(const Stage& stage) {
  std::array<int, 2> ends{};
  must(pipe(ends.data()), "pipe");
  setenv("TZ", (":/proc/self/fd/" + std::to_string(ends[0])).c_str(), 1);
  const Thread logger = start("logger", [] {
    for (;;) {
      write_log_line();
      sleep_for(std::chrono::seconds(1));
    }
  });
  if (!comes_true(getpid(), logger.tid, Awaited::in_call(SYS_read)))
    give_up("the C library does not read the time zone", 0);
  const int child = start_process([&stage] {
    stage.about_to_wait();
    write_log_line();
  });
  const std::array<char, 64> no_time_zone{};
  if (write(ends[1], no_time_zone.data(), no_time_zone.size()) < 0) give_up("write", errno);
  wait_for_end_of(child);
}

void application_mutex(const Stage& stage) {
  static Gate forked;
  static Gate held;
  const Thread logger = start("logger", [] {
    pthread_mutex_lock(&log_lock);
    held.open();
    forked.pass();
    pthread_mutex_unlock(&log_lock);
    idle();
  });
  held.pass();
  const int child = start_process([&stage, logger] {
    stage.about_to_wait(logger.tid);
    pthread_mutex_lock(&log_lock);
  });
  forked.open();
  wait_for_end_of(child);
}

constexpr std::array variants{
    Variant{"tz", "the C library's time zone lock, held by another thread at the fork", time_zone},
    Variant{"mutex", "a mutex of the program, held by another thread at the fork", application_mutex},
};

}  // namespace

std::span<const Variant> fork_inherited_lock_variants() {
  return variants;
}

}  // namespace wedged::inject
