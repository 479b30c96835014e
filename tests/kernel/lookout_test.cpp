// SPDX-License-Identifier: Apache-2.0
// The kernel's side and the user's side joined: a thread that deadlocks with itself has, one snapshot after
// it became a suspect, a stack that names the lock and the word it waits for; and looking costs nothing that
// lasts.
#include "daemon/lookout.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "child.h"
#include "futex_waits.h"
#include "kernel/procfs.h"
#include "kernel_test.h"
#include "observation/futex.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

class LookoutEndToEnd : public KernelTest {
 protected:
  static Lookout look_out(const std::vector<int>& pids) {
    auto observer = watch(pids);
    SuspectLimits limits;
    limits.futex = Duration{1};
    limits.wait = std::chrono::hours(1);
    observer.probes().set_limits(limits);
    return Lookout(std::move(observer));
  }

  static Snapshot scan(Lookout& lookout) {
    auto snapshot = lookout.scan(SystemClock().now());
    if (!snapshot) throw std::runtime_error(snapshot.error().message);
    return std::move(*snapshot);
  }
};

int lock_twice(const Line& line) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  line.say();
  return pthread_mutex_lock(&mutex);
}

bool names(const UserSide& side, const std::string& function) {
  return std::any_of(side.stack.begin(), side.stack.end(),
                     [&](const auto& frame) { return frame.function.find(function) != std::string::npos; });
}

bool contains(const WordSurroundings& memory, std::uint64_t address) {
  return memory.begin <= address && address + sizeof(std::uint32_t) <= memory.begin + memory.bytes.size();
}

TEST_F(LookoutEndToEnd, knows_the_stack_and_the_word_of_a_self_deadlock_one_snapshot_later) {
  const Child child(lock_twice);
  child.hear();
  await_call(child.pid(), child.pid(), SYS_futex);
  auto lookout = look_out({child.pid()});
  const auto first = scan(lookout);
  ASSERT_NE(find(first, child.pid()), nullptr);
  lookout.settle(std::chrono::seconds(20));
  const auto second = scan(lookout);
  const auto* task = find(second, child.pid());
  ASSERT_NE(task, nullptr);
  ASSERT_TRUE(task->user_side.has_value());
  const auto& side = *task->user_side;
  holds("the stack names the lock", names(side, "pthread_mutex_lock"));
  const auto wait = futex_wait_of(task->call.value_or(SystemCall{}));
  ASSERT_TRUE(wait && side.word);
  holds("the word is there", contains(*side.word, wait->address));
  const auto at = static_cast<std::ptrdiff_t>(wait->address - side.word->begin);
  same("and says locked, with waiters", side.word->bytes.at(static_cast<std::size_t>(at)), 2);
  holds("so is its process", second.processes.count(task->process) == 1);
  holds("which is complete", second.complete == std::vector<ProcessId>{task->process});
}

std::size_t entries_of(const std::string& folder) {
  const std::filesystem::directory_iterator entries(folder);
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

std::size_t own_children() {
  const auto own = std::to_string(getpid());
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    try {
      if (field_of(file_text(entry.path() / "status"), "PPid") == own) ++count;
    } catch (const std::exception&) {  // it has gone meanwhile
    }
  }
  return count;
}

struct Taken {
  std::size_t descriptors = entries_of("/proc/self/fd");
  std::size_t children = own_children();
  std::uint64_t memory = own_resident_bytes();
};

TEST_F(LookoutEndToEnd, takes_nothing_that_lasts_over_hundreds_of_scans) {
  constexpr std::size_t warm_up = 100, scans = 300;
  constexpr std::uint64_t allowance = std::uint64_t{256} * 1024;  // as in constancy_test.cpp
  const Child deadlocked(lock_twice);
  deadlocked.hear();
  FutexWaits others({WaitKind::endless, WaitKind::endless, WaitKind::endless});
  others.begin();
  auto lookout = look_out({deadlocked.pid(), others.pid()});
  const auto& inspectors = lookout.inspector_stats();
  std::size_t turns = 0, suspects = 0, sides = 0;
  const auto turn = [&] {
    const auto [late, replies] = std::pair(inspectors.deadlines_missed, inspectors.replies);
    others.wake(turns++ % others.tids().size());
    const auto snapshot = scan(lookout);
    lookout.settle(std::chrono::seconds(20));
    suspects += static_cast<std::size_t>(std::count_if(snapshot.suspects.begin(), snapshot.suspects.end(),
                                                       [](const Task& task) { return task.suspect; }));
    const auto* task = find(snapshot, deadlocked.pid());
    if (task != nullptr && task->user_side) ++sides;
    return inspectors.deadlines_missed == late && inspectors.replies > replies;
  };
  // On a busy machine an answer may be late: then the inspector is ended, and another one started later.
  const auto take_turns = [&](std::size_t count) {
    for (bool in_time = false; !in_time || turns < count;) in_time = turn();
  };
  take_turns(warm_up);
  const Taken before;
  take_turns(warm_up + scans);
  const Taken after;
  same("descriptors", after.descriptors, before.descriptors);
  same("children", after.children, before.children);
  between("resident memory", 0, after.memory, before.memory + allowance);
  same("inspectors started", inspectors.started, 1U + inspectors.deadlines_missed + inspectors.put_off);
  same("inspectors that crashed", inspectors.crashes, 0U);
  holds("others came and went", inspectors.replies > scans);
  holds("the deadlock was seen throughout", sides >= turns - 1);
  std::cout << after.descriptors << " descriptors, " << after.children << " children, " << before.memory
            << " bytes before and " << after.memory << " after; " << suspects << " suspects seen, "
            << inspectors.replies << " answers and " << inspectors.deadlines_missed << " late ones in "
            << turns << " scans\n";
}

}  // namespace
}  // namespace wedged::test
