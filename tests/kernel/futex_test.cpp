// SPDX-License-Identifier: Apache-2.0
// Waits in a futex without a timeout: suspects from their limit on and not before, until they are set aside;
// then again when the thread has moved and waits anew, and in the next epoch.
#include <algorithm>

#include "futex_waits.h"
#include "kernel_test.h"
#include "observation/futex.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

class FutexSuspect : public KernelTest {
 protected:
  static SuspectLimits futex_limit(Duration limit) {
    SuspectLimits limits;
    limits.wait = std::chrono::hours(1);
    limits.futex = limit;
    return limits;
  }

  // Of waits begun between these two: none is told before its limit, all are after it.
  static void expect_at_limit(Observer& observer, const FutexWaits& child, Instant begun, Instant asleep,
                              Duration limit) {
    std::size_t told = 0;
    while (told < child.tids().size()) {
      const auto before = now();
      const auto snapshot = scan(observer);
      const auto after = now();
      told = snapshot.suspects.size();
      if (told > 0) between("the first is told", begun + limit, after, Instant::max());
      if (told < child.tids().size()) between("the last is not told", Instant::min(), before, asleep + limit);
      pause_for(std::chrono::milliseconds(5));
    }
    same("all and nobody else", told, child.tids().size());
  }

  static void expect_limit(WaitKind kind, Observing observing) {
    constexpr auto limit = std::chrono::milliseconds(300);
    FutexWaits child({kind, kind});
    auto observer = watch({child.pid()}, observing);
    observer.probes().set_limits(futex_limit(std::chrono::hours(1)));
    same("suspects", scan(observer).suspects.size(), 0U);
    observer.probes().set_limits(futex_limit(limit));
    const auto begun = now();
    child.begin();
    expect_at_limit(observer, child, begun, now(), limit);
  }
};

TEST_F(FutexSuspect, is_a_wait_without_timeout_from_its_limit_on) {
  expect_limit(WaitKind::endless, Observing::calls);
}

// Since when it waits is reckoned from the scheduler's figures there.
TEST_F(FutexSuspect, is_told_without_tracepoints_too) {
  FutexWaits child({WaitKind::endless, WaitKind::with_timeout});
  auto observer = watch({child.pid()}, Observing::scan);
  child.begin();
  observer.probes().set_limits(futex_limit(std::chrono::milliseconds(20)));
  const auto task = observed(observer, child.tids()[0]);
  holds("it is a suspect", task.suspect);
  same("suspects", scan(observer).suspects.size(), 1U);
  observer.probes().set_limits(futex_limit(std::chrono::hours(1)));
  same("suspects far below the limit", scan(observer).suspects.size(), 0U);
}

TEST_F(FutexSuspect, is_futex_wait_too) {
  if (!kernel_has_futex_wait()) WEDGED_SKIP("this kernel has no futex_wait(2)");
  expect_limit(WaitKind::futex_wait, Observing::calls);
}

TEST_F(FutexSuspect, is_no_wait_with_a_timeout) {
  std::vector<WaitKind> kinds{WaitKind::endless, WaitKind::with_timeout};
  if (kernel_has_futex_wait()) kinds.push_back(WaitKind::futex_wait_with_timeout);
  FutexWaits child(kinds);
  auto observer = watch({child.pid()});
  observer.probes().set_limits(futex_limit(Duration{1}));
  child.begin();
  for (int scans = 0; scans < 10; ++scans) {
    const auto snapshot = scan(observer);
    holds("the endless one is told", find(snapshot, child.tids()[0]) != nullptr);
    same("and nobody else", snapshot.suspects.size(), 1U);
  }
}

TEST_F(FutexSuspect, has_the_arguments_of_its_call) {
  FutexWaits child({WaitKind::endless});
  auto observer = watch({child.pid()});
  observer.probes().set_limits(futex_limit(Duration{1}));
  child.begin();
  const auto task = observed(observer, child.tids()[0]);
  const auto proc = read_proc_task(child.pid(), child.tids()[0]).syscall.value_or(ProcSyscall{});
  ASSERT_TRUE(task.call && task.call->arguments);
  holds("arguments", *task.call->arguments == proc.arguments);
  const auto wait = futex_wait_of(*task.call);
  ASSERT_TRUE(wait.has_value());
  same("word", wait->address, proc.arguments[0]);
  holds("it has no timeout", !wait->has_timeout);
}

TEST_F(FutexSuspect, that_was_set_aside_is_told_again_when_it_waits_anew_and_in_the_next_epoch) {
  FutexWaits child({WaitKind::endless, WaitKind::endless});
  auto observer = watch({child.pid()});
  observer.probes().set_limits(futex_limit(Duration{1}));
  child.begin();
  const auto first = observed(observer, child.tids()[0]);
  const auto is_told = [&](std::size_t which) {
    return find(scan(observer), child.tids()[which]) != nullptr;
  };
  observer.set_aside({{first.id, first.switch_count - 1}});
  holds("another wait of it was set aside", is_told(0));
  observer.set_aside({{first.id, first.switch_count}});
  for (int scans = 0; scans < 10; ++scans) {
    const auto snapshot = scan(observer);
    holds("it is not told while it sleeps", find(snapshot, first.id.tid) == nullptr);
    holds("the other one is", find(snapshot, child.tids()[1]) != nullptr);
  }
  child.wake(0);
  holds("it has moved and waits anew", is_told(0));
  const auto again = observed(observer, child.tids()[0]);
  observer.set_aside({{again.id, again.switch_count}});
  holds("it is not told", !is_told(0));
  observer.forget_set_aside();
  holds("it is told in the next epoch", is_told(0));
  observer.set_aside({{again.id, again.switch_count}});
  holds("it can be set aside there, too", !is_told(0));
}

TEST_F(FutexSuspect, can_be_set_aside_with_more_others_than_one_pass_takes) {
  constexpr std::size_t threads = Probes::greatest_pass + 100;
  FutexWaits child(std::vector<WaitKind>(threads, WaitKind::endless));
  auto observer = watch({child.pid()});
  observer.probes().set_limits(futex_limit(Duration{1}));
  child.begin();
  std::vector<Wait> waits;
  const auto snapshot = scan(observer);
  for (const auto& task : snapshot.suspects) waits.push_back({task.id, task.switch_count});
  same("waits", waits.size(), threads);
  observer.set_aside(waits);
  same("waits after they were set aside", scan(observer).suspects.size(), 0U);
}

}  // namespace
}  // namespace wedged::test
