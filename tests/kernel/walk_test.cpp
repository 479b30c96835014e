// SPDX-License-Identifier: Apache-2.0
// The quick way to scan, in one loop, and the way of older kernels tell the same: suspects, their calls, the
// oldest call of each number; also where the quick way has to give up.
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <thread>

#include "blocking_calls.h"
#include "child.h"
#include "futex_waits.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

class Walk : public KernelTest {
 protected:
  void SetUp() override {
    KernelTest::SetUp();
    if (!IsSkipped() && !facts_of_this_kernel().task_walk) WEDGED_SKIP("this kernel has no loop over tasks");
  }

  // A child for each call of the table, told to make it once both are watching.
  void start_children() {
    for (const auto& call : blocking_calls()) {
      children_.emplace_back([&call](const Line& line) {
        const auto make = call.prepare();
        line.say();
        if (line.hear()) make();
        return 1;
      });
      children_.back().hear();
      await_call(children_.back().pid(), children_.back().pid(), SYS_read);
      walking_.scope.tgids.push_back(children_.back().pid());
    }
    scanning_ = walking_;
    scanning_.without_walk = true;
  }

  void let_all_make_their_calls() {
    for (std::size_t i = 0; i < children_.size(); ++i) {
      children_[i].say();
      await_call(children_[i].pid(), children_[i].pid(), blocking_calls()[i].number);
    }
  }

  std::vector<Child> children_;
  WatchOptions walking_, scanning_;
};

bool is_attached(const Observer& observer, const std::string& name) {
  const auto& programs = observer.probes().programs();
  return std::any_of(programs.begin(), programs.end(),
                     [&](const auto& program) { return program.name == name && program.attached; });
}

// {thread: what it is in, whether that is known to the nanosecond, how often it was switched}
auto told(const Snapshot& snapshot) {
  std::map<int, std::tuple<int, bool, std::uint64_t, RunState>> all;
  for (const auto& task : snapshot.suspects) {
    all[task.id.tid] = {task.call ? task.call->number : -1, task.call && task.call->entered.has_value(),
                        task.switch_count, task.state};
  }
  return all;
}

std::map<int, Instant> oldest(const Observer& observer) {
  std::map<int, Instant> all;
  for (const auto& call : observer.probes().oldest_calls()) all[call.number] = call.entered;
  return all;
}

TEST_F(Walk, tells_the_same_as_the_scan_of_older_kernels) {
  start_children();
  auto walker = watch(walking_), scanner = watch(scanning_);
  same("the one walks", is_attached(walker, "walk_tasks"), true);
  same("the other does not", is_attached(scanner, "walk_tasks"), false);
  const auto begun = now();
  let_all_make_their_calls();
  const auto ended = now();
  const auto walked = scan(walker), scanned = scan(scanner);
  same("threads", walked.threads_scanned, children_.size());
  same("threads of the other", scanned.threads_scanned, children_.size());
  same("suspects", walked.suspects.size(), children_.size());
  holds("the suspects are the same, in the same calls", told(walked) == told(scanned));
  const auto quick = oldest(walker), slow = oldest(scanner);
  same("numbers with a call in flight", quick.size(), slow.size());
  for (const auto& [number, entered] : quick) {
    between("oldest call " + std::to_string(number), begun, entered, ended);
    same("which the other has, too", slow.count(number), 1U);
  }
}

TEST_F(Walk, takes_the_last_call_of_a_zombie_for_no_call_in_flight) {
  Child child([](const Line& line) {
    line.say();
    return line.hear() ? 0 : 1;
  });
  child.hear();
  WatchOptions walking, scanning;
  walking.scope.tgids = scanning.scope.tgids = {child.pid()};
  scanning.without_walk = true;
  auto walker = watch(walking), scanner = watch(scanning);
  child.say();
  await_state(child.pid(), child.pid(), 'Z');
  for (auto* observer : {&walker, &scanner}) {
    same<std::size_t>("suspects", scan(*observer).suspects.size(), 0);
    same<std::size_t>("calls in flight", oldest(*observer).size(), 0);
  }
}

TEST_F(Walk, tells_the_same_waits_for_locks_and_watched_processes) {
  FutexWaits child({WaitKind::endless, WaitKind::with_timeout, WaitKind::endless});
  walking_.scope.tgids = {child.pid()};
  scanning_ = walking_;
  scanning_.without_walk = true;
  auto walker = watch(walking_), scanner = watch(scanning_);
  SuspectLimits limits;
  limits.futex = Duration{1};
  limits.wait = std::chrono::hours(1);
  child.begin();
  for (auto* observer : {&walker, &scanner}) {
    observer->probes().set_limits(limits);
    const auto waits = scan(*observer);
    same("waits without timeout", waits.suspects.size(), 2U);
    holds("it is the first", find(waits, child.tids()[0]) != nullptr);
    holds("and the third", find(waits, child.tids()[2]) != nullptr);
    observer->set_aside({{waits.suspects[0].id, waits.suspects[0].switch_count}});
    const auto rest = scan(*observer);
    same("but those set aside", rest.suspects.size(), 1U);
    observer->watch({rest.suspects.at(0).process});
    same("all of a watched process", scan(*observer).suspects.size(), child.tids().size() + 1);
  }
  holds("one as the other", told(scan(walker)) == told(scan(scanner)));
}

TEST_F(Walk, gives_up_where_there_are_too_many_candidates_and_nothing_is_told_twice) {
  constexpr std::size_t threads = 1'500;  // more than the array of candidates has places
  Child child([](const Line& line) {
    std::vector<std::thread> waiting;
    for (std::size_t i = 0; i < threads; ++i) waiting.emplace_back([] { pause(); });
    line.say();
    return line.hear() ? 0 : 1;
  });
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  walking_.scope.tgids = {child.pid()};
  auto walker = watch(walking_);
  for (const char* which : {"first scan", "the scan after it"}) {
    const auto snapshot = scan(walker);
    SCOPED_TRACE(which);
    same("threads", snapshot.threads_scanned, threads + 1);
    same("suspects", snapshot.suspects.size(), threads + 1);
    same("different ones", told(snapshot).size(), threads + 1);
  }
}

}  // namespace
}  // namespace wedged::test
