// SPDX-License-Identifier: Apache-2.0
// Ten thousand scans, with suspects that stay, threads that come and go, and findings that are raised and
// resolved, take no descriptor, no thread and no memory.
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <thread>

#include "child.h"
#include "fuse_world.h"
#include "kernel/procfs.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "tick.h"
#include "watch.h"

namespace wedged::test {
namespace {

class Constancy : public KernelTest {};

int wait_while_others_come_and_go(const Line& line) {
  for (int i = 0; i < 5; ++i) std::thread([] { pause(); }).detach();
  line.say();
  while (true) {
    std::thread([] { usleep(300); }).join();
  }
}

std::size_t entries_of(const std::string& folder) {
  const std::filesystem::directory_iterator entries(folder);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

struct Taken {
  std::size_t descriptors = entries_of("/proc/self/fd");
  std::size_t threads = entries_of("/proc/self/task");
  std::uint64_t memory = own_resident_bytes();
};

TEST_F(Constancy, of_descriptors_and_threads_over_loading_and_unloading) {
  const Child child([](const Line& line) { return line.hear() ? 0 : 1; });
  static_cast<void>(watch({child.pid()}));
  const Taken before;
  for (int round = 0; round < 3; ++round) {
    auto observer = watch({child.pid()});
    static_cast<void>(observed(observer, child.pid()));
  }
  const Taken after;
  same("descriptors", after.descriptors, before.descriptors);
  same("threads", after.threads, before.threads);
}

TEST_F(Constancy, of_descriptors_threads_and_memory_over_ten_thousand_scans) {
  if (access("/dev/fuse", R_OK | W_OK) != 0) WEDGED_SKIP("no /dev/fuse");
  constexpr int warm_up = 1'000, scans = 10'000, scans_per_mood = 50;
  constexpr std::uint64_t allowance =
      std::uint64_t{256} * 1024;  // the allocator's own moods; 10,000 leaks of 32 bytes would show
  const Child busy(wait_while_others_come_and_go);
  busy.hear();
  FuseWorld world;
  const int reader = world.reader().pid();
  await_state(reader, reader, 'D');
  Thresholds strict, lenient;
  strict.uninterruptible_wait = std::chrono::nanoseconds(1);
  lenient.uninterruptible_wait = std::chrono::hours(1);
  Tick tick(watch({busy.pid(), reader}), strict);
  tick.observer().probes().set_limits(everybody_is_suspect());
  Taken before;
  std::size_t raised = 0, resolved = 0, suspects = 0;
  for (int number = 0; number < warm_up + scans; ++number) {
    if (number == warm_up) before = Taken{};
    tick.set_thresholds(number / scans_per_mood % 2 == 0 ? strict : lenient);
    const auto changes = tick.look();
    raised += changes.raised.size();
    resolved += changes.resolved.size();
    suspects += tick.last().suspects.size();
  }
  const Taken after;
  same("descriptors", after.descriptors, before.descriptors);
  same("threads", after.threads, before.threads);
  between("resident memory", 0, after.memory, before.memory + allowance);
  holds("findings were raised", raised >= (warm_up + scans) / scans_per_mood / 2);
  holds("and resolved", resolved >= raised - 1);
  holds("there were suspects", suspects >= static_cast<std::size_t>(warm_up + scans) * 5);
  nothing_was_lost(tick.last());
  std::cout << after.descriptors << " descriptors, " << after.threads << " threads, " << before.memory
            << " bytes before and " << after.memory << " after; " << raised << " findings raised, "
            << suspects << " suspects seen\n";
}

}  // namespace
}  // namespace wedged::test
