// SPDX-License-Identifier: Apache-2.0
// Whether a process was forked from one with several threads and has called no exec since: known where the
// monitor saw the fork; where it did not, what its parent is like now.
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "child.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

class Fork : public KernelTest {};

[[noreturn]] void wait_in_a_futex() {
  static std::uint32_t word = 2;
  while (true) syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 2, nullptr, nullptr, 0);
}

// A child that forks when it is told to: once it has so many threads. `*pid` is the process it has forked.
Child parent_with(int threads, int* pid, const std::function<void()>& work) {
  Child child([=](const Line& line) {
    for (int i = 1; i < threads; ++i) std::thread([] { pause(); }).detach();
    line.say();
    if (!line.hear()) return 1;
    const int parent = getpid();
    const int forked = must(fork(), "fork");
    if (forked == 0) {
      die_with_parent(parent);
      work();
    }
    *pid = forked;
    return wait_for_ever(line);
  });
  child.hear();
  return child;
}

Task sample_of(Observer& observer, int pid) {
  auto sample = observer.sample_again({pid, pid, 0});
  if (!sample) throw std::runtime_error(sample.error().message);
  return std::move(*sample);
}

TEST_F(Fork, of_a_process_with_one_thread_is_no_fork_from_threads) {
  Shared<int> pid;
  const auto parent = parent_with(1, &*pid, wait_in_a_futex);
  auto observer = watch({parent.pid()});
  parent.say();
  parent.hear();
  await_call(*pid, *pid, SYS_futex);
  const auto sample = sample_of(observer, *pid);
  same("parent", sample.parent_tgid, parent.pid());
  holds("it was forked and has not called exec", sample.forked_without_exec);
  ASSERT_TRUE(sample.forked_from_threads.has_value());
  same("from threads", *sample.forked_from_threads, false);
}

TEST_F(Fork, of_a_process_with_threads_is_seen_in_every_way_of_observing) {
  for (const auto observing : {Observing::calls, Observing::scan}) {
    Shared<int> pid;
    const auto parent = parent_with(3, &*pid, wait_in_a_futex);
    auto observer = watch({parent.pid()}, observing);
    parent.say();
    parent.hear();
    await_call(*pid, *pid, SYS_futex);
    const auto sample = sample_of(observer, *pid);
    holds("it was forked and has not called exec", sample.forked_without_exec);
    ASSERT_TRUE(sample.forked_from_threads.has_value());
    same("from threads", *sample.forked_from_threads, true);
    same("its own threads", sample.process_threads, 1U);
  }
}

// What a thread of the parent holds then is held, and no copy.
TEST_F(Fork, that_shares_memory_is_told_apart) {
  Shared<int> pid;
  Child parent([&](const Line& line) {
    std::thread([] { pause(); }).detach();
    line.say();
    if (!line.hear()) return 1;
    const auto wait = [](void* word) {
      die_with_parent(getppid());
      *static_cast<int*>(word) = getpid();
      wait_in_a_futex();
      return 0;
    };
    std::vector<char> stack(65536);
    return must(clone(wait, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, &*pid), "clone");
  });
  parent.hear();
  auto observer = watch({parent.pid()});
  holds("a process of its own shares nothing", sample_of(observer, parent.pid()).shares_memory == false);
  parent.say();
  await("the child", [&] { return *pid != 0; });
  await_call(*pid, *pid, SYS_futex);
  const auto sample = sample_of(observer, *pid);
  holds("it shares the memory of its parent", sample.shares_memory == true);
  same("from threads", sample.forked_from_threads.value_or(true), false);
}

TEST_F(Fork, is_over_with_exec) {
  Shared<int> pid;
  const auto parent = parent_with(3, &*pid, [] {
    execl("/bin/sleep", "sleep", "1000", nullptr);
    _exit(1);
  });
  auto observer = watch({parent.pid()});
  parent.say();
  parent.hear();
  await_call(*pid, *pid, SYS_clock_nanosleep);
  const auto sample = sample_of(observer, *pid);
  holds("it is no fork any more", !sample.forked_without_exec);
  holds("nor one from threads", !sample.forked_from_threads.value_or(false));
}

TEST_F(Fork, before_the_monitor_is_unknown_and_the_parents_threads_are_told_instead) {
  Shared<int> pid;
  const auto parent = parent_with(3, &*pid, wait_in_a_futex);
  parent.say();
  parent.hear();
  await_call(*pid, *pid, SYS_futex);
  auto observer = watch({*pid});
  const auto task = observed(observer, *pid);
  holds("it was forked and has not called exec", task.forked_without_exec);
  holds("from what is unknown", !task.forked_from_threads);
  ASSERT_TRUE(task.details && task.details->parent_threads);
  same("threads of its parent", std::to_string(*task.details->parent_threads),
       field_of(file_text("/proc/" + std::to_string(parent.pid()) + "/status"), "Threads"));
}

TEST_F(Fork, that_was_seen_needs_no_look_at_the_parent) {
  Shared<int> pid;
  const auto parent = parent_with(3, &*pid, wait_in_a_futex);
  WatchOptions everybody;  // the process to be is in no list of ids
  auto observer = watch(everybody);
  SuspectLimits limits;
  limits.futex = Duration{1};
  limits.wait = std::chrono::hours(1);
  observer.probes().set_limits(limits);
  parent.say();
  parent.hear();
  await_call(*pid, *pid, SYS_futex);
  const auto task = observed(observer, *pid);
  same("from threads", task.forked_from_threads.value_or(false), true);
  holds("the parent was not looked at", task.details && !task.details->parent_threads);
}

}  // namespace
}  // namespace wedged::test
