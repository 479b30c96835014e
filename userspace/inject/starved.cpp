// SPDX-License-Identifier: Apache-2.0
// A real-time thread that never sleeps, and another of lower priority that may run on the same CPU only. The
// kernel lets ordinary threads have a part of that CPU all the same (sched_rt_runtime_us, or since Linux 6.8
// the deadline server), and none of it goes to the victim: so the host lives on, and only the victim starves.
// Where that limit is off, or there is one CPU only, it is not done.
#include <sched.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "inject/stage.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

constexpr int of_hog = 2;
constexpr int of_victim = 1;

std::atomic<bool> victim_is_ready = false;
std::atomic<bool> hog_runs = false;

long number_in(const char* path) {
  long number = -1;
  std::ifstream(path) >> number;
  return number;
}

bool leaves_room_for_others() {
  const long runtime = number_in("/proc/sys/kernel/sched_rt_runtime_us");
  const long period = number_in("/proc/sys/kernel/sched_rt_period_us");
  return runtime > 0 && runtime <= period - period / 50;
}

// Of those that it may use: the last, if there is another.
int spare_cpu() {
  cpu_set_t usable;
  must(sched_getaffinity(0, sizeof(usable), &usable), "sched_getaffinity");
  if (CPU_COUNT(&usable) < 2) give_up("a second CPU is needed", 0);
  int cpu = CPU_SETSIZE - 1;
  while (!CPU_ISSET(cpu, &usable)) --cpu;
  return cpu;
}

void run_on(int cpu, int priority) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  must(sched_setaffinity(0, sizeof(only), &only), "sched_setaffinity");
  const sched_param real_time{priority};
  must(sched_setscheduler(0, SCHED_FIFO, &real_time), "sched_setscheduler");
}

void starve(int cpu) {
  run_on(cpu, of_victim);
  victim_is_ready = true;
  while (!hog_runs) sleep_for(std::chrono::milliseconds(1));
  for (;;) sched_yield();
}

void hog(int cpu) {
  run_on(cpu, of_hog);
  hog_runs = true;
  while (hog_runs) {
  }
}

void by_real_time_thread(const Stage& stage) {
  if (!leaves_room_for_others()) give_up("real-time threads have no limit here (sched_rt_runtime_us)", 0);
  const int cpu = spare_cpu();
  const Thread victim = start("victim", [cpu] { starve(cpu); });
  while (!victim_is_ready) sleep_for(std::chrono::milliseconds(1));
  start("hog", [cpu] { hog(cpu); });
  while (!hog_runs) sleep_for(std::chrono::milliseconds(1));
  stage.announce({getpid(), victim.tid, 0, Awaited::to_be_runnable(), {}});
  idle();
}

constexpr std::array variants{
    Variant{"real_time", "a SCHED_FIFO thread takes 95 % of a CPU, and another gets nothing (needs root)",
            by_real_time_thread},
};

}  // namespace

std::span<const Variant> starved_variants() {
  return variants;
}

}  // namespace wedged::inject
