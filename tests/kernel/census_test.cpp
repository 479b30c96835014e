// SPDX-License-Identifier: Apache-2.0
// The census is what /proc says: every thread that has not exited, its state, its call, its cgroup, and how
// many calls it has made.
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <thread>

#include "child.h"
#include "kernel/census_taker.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "watch.h"

namespace wedged::test {
namespace {

class CensusTest : public KernelTest {
 protected:
  static WatchOptions options(std::vector<int> tgids, Observing observing = Observing::calls) {
    WatchOptions wanted;
    wanted.observing = observing;
    wanted.scope.tgids = std::move(tgids);
    wanted.headcount = Headcount::census;
    return wanted;
  }

  static Census take(Observer& observer, CensusTaker& taker) {
    auto census = taker.take(observer.probes(), now());
    holds("there is a census: " + (census ? "" : census.error().message), census.ok());
    return census ? std::move(*census) : Census{};
  }

  static Census take(Observer& observer) {
    CensusTaker taker(observer.facts());
    return take(observer, taker);
  }

  static CensusThread of(const Census& census, int tid) {
    const auto found = std::find_if(census.threads.begin(), census.threads.end(),
                                    [&](const auto& thread) { return thread.id.tid == tid; });
    holds("thread " + std::to_string(tid) + " is in the census", found != census.threads.end());
    return found == census.threads.end() ? CensusThread{} : *found;
  }
};

// One of those that work when they hear a word, and say when they are done: until it listens again.
void let_work(const Child& child) {
  child.say();
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
}

TEST_F(CensusTest, tells_of_each_thread_what_proc_tells) {
  constexpr int threads = 3;
  Child child([](const Line& line) {
    prctl(PR_SET_NAME, "two words) x");
    std::array<std::thread, threads> waiting;
    for (std::size_t i = 0; i < threads; ++i) {
      waiting.at(i) = std::thread([i] {
        prctl(PR_SET_NAME, ("worker " + std::to_string(i)).c_str());
        pause();
      });
    }
    return wait_for_ever(line);
  });
  child.hear();
  auto observer = watch(options({child.pid()}));
  for (const int tid : threads_of(child.pid()))
    await_call(child.pid(), tid, tid == child.pid() ? SYS_read : SYS_pause);
  const auto census = take(observer);
  same<std::size_t>("threads", census.threads.size(), threads + 1);
  for (const int tid : threads_of(child.pid())) {
    SCOPED_TRACE(tid);
    const auto thread = of(census, tid);
    const auto proc = read_proc_task(child.pid(), tid);
    same("name", thread.comm, proc.comm);
    same("name of the process", thread.process_comm, "two words) x");
    same("process", thread.process.tgid, child.pid());
    same("state", thread.state, RunState::sleeping);
    holds("it is no kernel thread", !thread.kernel_thread);
    same<std::int64_t>("call", thread.call.value_or(SystemCall{}).number, proc.syscall->number);
    holds("it has been off its CPU since before", thread.off_cpu_since && *thread.off_cpu_since < now());
    same("cgroup", census.cgroups.at(thread.cgroup), proc.cgroup);
  }
}

TEST_F(CensusTest, counts_calls_and_errors_exactly) {
  constexpr std::uint64_t calls = 5'000, errors = 700;
  Child child([](const Line& line) {
    while (line.hear()) {
      for (std::uint64_t i = 0; i < calls; ++i) syscall(SYS_getppid);
      for (std::uint64_t i = 0; i < errors; ++i) static_cast<void>(close(-1));
      line.say();
    }
    return 0;
  });
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch(options({child.pid()}));
  let_work(child);  // its read was in flight when the watching began
  const auto before = of(take(observer), child.pid());
  let_work(child);
  const auto after = of(take(observer), child.pid());
  // Its line takes a write and a read.
  same("calls", after.calls.value_or(0) - before.calls.value_or(0), calls + errors + 2);
  same<std::uint32_t>("errors", after.errors - before.errors, errors);
}

// Of one thread that all of the table's calls are of.
TEST_F(CensusTest, adds_up_how_long_calls_took_to_what_the_table_of_calls_has) {
  static constexpr int naps = 5;
  static constexpr timespec nap{0, 2'000'000};
  Child child([](const Line& line) {
    while (line.hear()) {
      for (int i = 0; i < naps; ++i) clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, nullptr);
      for (int i = 0; i < 1000; ++i) syscall(SYS_getppid);
      line.say();
    }
    return 0;
  });
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch(options({child.pid()}));
  const auto table = [&] {
    std::uint64_t sum = 0;
    for (const auto& stats : observer.probes().syscalls()) sum += stats.total_ns;
    return static_cast<std::int64_t>(sum);
  };
  let_work(child);  // its read was in flight when the watching began
  const auto before = of(take(observer), child.pid()).finished.count();
  const auto table_before = table();
  let_work(child);
  const auto took = of(take(observer), child.pid()).finished.count() - before;
  same("time in calls", took, table() - table_before);
  holds("the naps are in it: " + std::to_string(took), took >= naps * nap.tv_nsec);
}

// It has the id and the birth of the leader then, and would seem to have made all of its calls since.
TEST_F(CensusTest, begins_anew_with_a_thread_that_becomes_the_leader_by_an_exec) {
  constexpr std::uint64_t calls = 50'000;
  Child child([](const Line& line) {
    if (!line.hear()) return 1;
    std::thread([] {
      for (std::uint64_t i = 0; i < calls; ++i) static_cast<void>(close(-1));
      execl("/bin/sleep", "sleep", "1000", nullptr);
    }).join();
    return 1;
  });
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch(options({child.pid()}));
  child.say();
  await_call(child.pid(), child.pid(), SYS_clock_nanosleep);
  const auto after = of(take(observer), child.pid());
  same("name", after.comm, "sleep");
  holds("it has called since: " + std::to_string(after.calls.value_or(0)), after.calls.value_or(0) > 10);
  holds("but not before", after.calls.value_or(calls) < calls / 10);
  holds("few errors: " + std::to_string(after.errors), after.errors < calls / 10);
}

TEST_F(CensusTest, counts_no_error_where_a_signal_broke_a_call_off_for_the_kernel_to_make_again) {
  constexpr std::uint64_t signals = 5;
  Child child([](const Line& line) {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    action.sa_flags = SA_RESTART;
    must(sigaction(SIGUSR1, &action, nullptr), "sigaction");
    line.say();
    return wait_for_ever(line);
  });
  child.hear();
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch(options({child.pid()}));
  const auto interrupt = [&] {
    child.signal(SIGUSR1);
    pause_for(std::chrono::milliseconds(20));
    await_call(child.pid(), child.pid(), SYS_read);
  };
  interrupt();  // its read was in flight when the watching began
  const auto before = of(take(observer), child.pid());
  for (std::uint64_t i = 0; i < signals; ++i) interrupt();
  const auto after = of(take(observer), child.pid());
  same("reads begun anew, and returns from the handler", after.calls.value_or(0) - before.calls.value_or(0),
       2 * signals);
  same<std::uint32_t>("errors", after.errors - before.errors, 0);
}

TEST_F(CensusTest, sees_who_runs) {
  Child child([](const Line& line) -> int {
    line.say();
    for (unsigned rounds = 0;; ++rounds) {
      if (rounds % 1024 == 0) syscall(SYS_getppid);
      asm volatile("" ::: "memory");
    }
  });
  child.hear();
  auto observer = watch(options({child.pid()}));
  const auto first = of(take(observer), child.pid());
  same("state", first.state, RunState::running);
  await("its calls are counted while it runs", [&] {
    const auto later = of(take(observer), child.pid());
    return first.calls && later.calls && *later.calls > *first.calls;
  });
}

TEST_F(CensusTest, leaves_out_the_dead) {
  Child child([](const Line&) { return 0; });
  await_state(child.pid(), child.pid(), 'Z');
  auto observer = watch(options({child.pid()}));
  same<std::size_t>("threads", take(observer).threads.size(), 0);
}

TEST_F(CensusTest, without_the_tracepoints_tells_calls_by_registers_and_counts_nothing) {
  Child child(wait_for_ever);
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch(options({child.pid()}, Observing::scan));
  const auto thread = of(take(observer), child.pid());
  same("call", thread.call.value_or(SystemCall{}).number, SYS_read);
  holds("since when it is in it is not known", thread.call && !thread.call->entered);
  holds("since when it waits is", thread.off_cpu_since.has_value());
  holds("nothing is counted", !thread.calls);
}

TEST_F(CensusTest, knows_the_path_of_a_cgroup_for_as_long_as_somebody_is_in_it) {
  Child child(wait_for_ever);
  child.hear();
  auto observer = watch(options({child.pid()}));
  CensusTaker taker(observer.facts());
  const auto expected = read_proc_task(child.pid(), child.pid()).cgroup;
  for (int i = 0; i < 2 * 60 + 2; ++i) {  // it is told anew every 60
    const auto census = take(observer, taker);
    same("path", census.cgroups.at(of(census, child.pid()).cgroup), expected);
  }
}

TEST_F(CensusTest, of_the_whole_host_is_the_threads_of_proc) {
  auto observer = watch(options({}));
  const auto census = take(observer);
  holds("they are sorted", std::is_sorted(census.threads.begin(), census.threads.end(),
                                          [](const auto& a, const auto& b) { return a.id < b.id; }));
  const auto own = of(census, static_cast<int>(syscall(SYS_gettid)));
  same("we run", own.state, RunState::running);
  same("kernel threads are in it", of(census, 2).kernel_thread, true);
  std::size_t unnamed = 0;
  for (const auto& thread : census.threads) unnamed += census.cgroups.count(thread.cgroup) == 0 ? 1U : 0U;
  same<std::size_t>("threads whose cgroup has no path", unnamed, 0);
}

TEST_F(CensusTest, is_not_there_unless_it_was_planned) {
  auto observer = watch({getpid()});
  CensusTaker taker(observer.facts());
  const auto census = taker.take(observer.probes(), now());
  holds("it is refused", !census.ok());
  if (!census) same("kind", census.error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace wedged::test
