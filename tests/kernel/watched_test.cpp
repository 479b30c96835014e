// SPDX-License-Identifier: Apache-2.0
// A watched process: every thread of it is in the snapshot, those that are no suspects as such, and the
// snapshot says that it is complete; its dead leader included; until it is watched no more.
#include <sys/syscall.h>

#include <algorithm>

#include "futex_waits.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

class Watched : public KernelTest {
 protected:
  // Nobody is a suspect, except for an endless wait in a futex after an hour.
  static Observer patient(int pid) {
    auto observer = watch({pid});
    SuspectLimits limits;
    limits.wait = limits.futex = std::chrono::hours(1);
    observer.probes().set_limits(limits);
    return observer;
  }

  static ProcessId process_of(Observer& observer, int pid) {
    const auto found = observer.look_up({pid}, true);
    if (!found) throw std::runtime_error(found.error().message);
    return found->at(pid);
  }

  static void expect_whole(const Snapshot& snapshot, const ProcessId& process) {
    const auto threads = threads_of(process.tgid);
    same("threads", snapshot.suspects.size(), threads.size());
    for (const int tid : threads) {
      SCOPED_TRACE(tid);
      const auto* task = find(snapshot, tid);
      ASSERT_NE(task, nullptr);
      holds("it is of the process", task->process == process);
      holds("it is no suspect, unless it is a leader that is lost",
            !task->suspect || task->state == RunState::dead);
      same<std::size_t>("threads of its process", task->process_threads, threads.size());
    }
    holds("the process is complete", snapshot.complete == std::vector<ProcessId>{process});
  }
};

TEST_F(Watched, is_every_thread_and_nobody_else_until_it_is_watched_no_more) {
  FutexWaits child({WaitKind::endless, WaitKind::with_timeout, WaitKind::endless});
  auto observer = patient(child.pid());
  child.begin();
  const auto process = process_of(observer, child.pid());
  same("tasks before", scan(observer).suspects.size(), 0U);
  observer.watch({process});
  for (int scans = 0; scans < 3; ++scans) expect_whole(scan(observer), process);
  observer.watch({});
  const auto after = scan(observer);
  same("tasks after", after.suspects.size(), 0U);
  same("complete processes after", after.complete.size(), 0U);
}

TEST_F(Watched, is_complete_with_a_leader_that_has_exited) {
  FutexWaits child({WaitKind::endless, WaitKind::endless}, true);
  await_state(child.pid(), child.pid(), 'Z');
  auto observer = patient(child.pid());
  child.begin();
  const auto process = process_of(observer, child.pid());
  observer.watch({process});
  const auto snapshot = scan(observer);
  expect_whole(snapshot, process);
  same("state of the leader", find(snapshot, child.pid())->state, RunState::dead);
}

TEST_F(Watched, has_its_suspects_among_them) {
  FutexWaits child({WaitKind::endless, WaitKind::with_timeout});
  auto observer = patient(child.pid());
  child.begin();
  SuspectLimits limits;
  limits.futex = Duration{1};
  limits.wait = std::chrono::hours(1);
  observer.probes().set_limits(limits);
  const auto process = process_of(observer, child.pid());
  observer.watch({process});
  const auto snapshot = scan(observer);
  same("threads", snapshot.suspects.size(), 3U);
  for (const auto& task : snapshot.suspects)
    same("suspect " + std::to_string(task.id.tid), task.suspect, task.id.tid == child.tids()[0]);
  const auto* task = find(snapshot, child.tids()[0]);
  ASSERT_NE(task, nullptr);
  observer.set_aside({{task->id, task->switch_count}});
  expect_whole(scan(observer), process);
}

TEST_F(Watched, is_the_process_and_not_whoever_has_its_id_later) {
  FutexWaits child({WaitKind::endless});
  auto observer = patient(child.pid());
  child.begin();
  auto another = process_of(observer, child.pid());
  another.start_boottime_ns += 1;
  observer.watch({another});
  const auto snapshot = scan(observer);
  same("tasks", snapshot.suspects.size(), 0U);
  same("complete processes", snapshot.complete.size(), 0U);
}

}  // namespace
}  // namespace wedged::test
