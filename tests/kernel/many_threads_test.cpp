// SPDX-License-Identifier: Apache-2.0
// Ten thousand threads, and threads that come and go: all are scanned, none is lost, each is in the call it
// is in.
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>
#include <thread>

#include "child.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "tick.h"
#include "watch.h"

namespace wedged::test {
namespace {

constexpr std::size_t many = 10'000;

void* wait_on_a_futex(void*) {
  std::uint32_t word = 0;
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  return nullptr;
}

void start_threads(std::size_t count, void* (*body)(void*) = wait_on_a_futex) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 16384);
  for (std::size_t i = 0; i < count; ++i) {
    pthread_t thread{};
    errno = pthread_create(&thread, &small, body, nullptr);
    must(-errno, "pthread_create");
  }
}

class ManyThreads : public KernelTest {
 protected:
  // Starts the threads after a word, says so, and waits for ever.
  static Child child_with_threads(std::size_t count = many) {
    Child child([count](const Line& line) {
      if (!line.hear()) return 1;
      start_threads(count);
      line.say();
      return line.hear() ? 0 : 1;
    });
    await_call(child.pid(), child.pid(), SYS_read);
    return child;
  }

  static void all_are_waiting(const Child& child) {
    for (const int tid : threads_of(child.pid())) {
      if (tid != child.pid()) await_call(child.pid(), tid, SYS_futex);
    }
    await_call(child.pid(), child.pid(), SYS_read);
  }

  static void sees_all(const Snapshot& snapshot, const Child& child) {
    same("threads scanned", snapshot.threads_scanned, many + 1);
    same("suspects", snapshot.suspects.size(), many + 1);
    std::set<int> expected, seen;
    for (const int tid : threads_of(child.pid())) expected.insert(tid);
    std::size_t in_futex = 0, asleep = 0;
    for (const auto& task : snapshot.suspects) {
      seen.insert(task.id.tid);
      in_futex += task.call && task.call->number == SYS_futex && task.id.tid != child.pid() ? 1 : 0;
      asleep += task.state == RunState::sleeping && task.process.tgid == child.pid() ? 1 : 0;
    }
    same("thread ids", seen, expected);
    same("threads in futex", in_futex, many);
    same("threads asleep", asleep, many + 1);
    nothing_was_lost(snapshot);
  }
};

Duration cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Printed, never judged.
void say_what_it_costs(const std::string& what, const std::function<void()>& work) {
  const auto begun = cpu_time();
  work();
  std::cout << std::chrono::duration_cast<std::chrono::microseconds>(cpu_time() - begun).count()
            << " us of CPU: " << what << '\n';
}

TEST_F(ManyThreads, begun_before_the_watch_are_all_seen_in_their_call) {
  if (!facts_of_this_kernel().arrival_times) WEDGED_SKIP("this kernel keeps no arrival times");
  const auto child = child_with_threads();
  child.say();
  child.hear();
  all_are_waiting(child);
  for (const auto observing : {Observing::calls, Observing::scan}) {
    SCOPED_TRACE(observing == Observing::calls ? "calls" : "scan");
    auto observer = watch({child.pid()}, observing);
    sees_all(scan(observer), child);
  }
}

TEST_F(ManyThreads, begun_under_watch_are_all_seen_with_the_begin_of_their_call) {
  const auto child = child_with_threads();
  auto observer = watch({child.pid()});
  const auto told = now();
  child.say();
  child.hear();
  all_are_waiting(child);
  const auto waiting = now();
  const auto snapshot = scan(observer);
  sees_all(snapshot, child);
  std::size_t bracketed = 0;
  for (const auto& task : snapshot.suspects) {
    const auto entered = task.call ? task.call->entered.value_or(Instant{}) : Instant{};
    bracketed += entered >= told && entered <= waiting ? 1 : 0;
  }
  same("threads whose call began when it did", bracketed, many + 1);

  say_what_it_costs("one scan in which all of them are suspects", [&] { static_cast<void>(scan(observer)); });
  SuspectLimits nobody;
  nobody.wait = std::chrono::hours(1);
  observer.probes().set_limits(nobody);
  say_what_it_costs("one scan in which nobody is",
                    [&] { same<std::size_t>("suspects", scan(observer).suspects.size(), 0); });
  say_what_it_costs("a walk of /proc that reads the stat file of each", [&] {
    for (const int tid : threads_of(child.pid())) {
      static_cast<void>(
          file_text("/proc/" + std::to_string(child.pid()) + "/task/" + std::to_string(tid) + "/stat"));
    }
  });
}

// One pass is asked for 512 threads at most, and how many passes a scan has time for is the machine's affair.
TEST_F(ManyThreads, more_than_are_looked_at_closely_in_one_pass_have_their_details_soon_and_keep_them) {
  constexpr std::size_t count = 1'200;
  constexpr int scans = 40;  // details are read again every thirty
  const auto child = child_with_threads(count);
  auto observer = watch({child.pid()});
  child.say();
  child.hear();
  all_are_waiting(child);
  std::size_t before = 0;
  for (int number = 0; number < scans; ++number) {
    const auto snapshot = scan(observer);
    same("suspects", snapshot.suspects.size(), count + 1);
    nothing_was_lost(snapshot);
    const auto with_details = static_cast<std::size_t>(
        std::count_if(snapshot.suspects.begin(), snapshot.suspects.end(), [](const auto& task) {
          return task.details && !task.details->kernel_stack.empty() && !task.details->exe.empty();
        }));
    holds("a pass more, or all", with_details >= std::min(before + 512, count + 1));
    before = with_details;
  }
}

// Whoever writes what no page can be had for sleeps with the file's position locked, and all who want to move
// it wait in D.
int wait_for_a_position(const Line& line, std::size_t count) {
  constexpr std::size_t page = 4096;
  const int faults = must(static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC)), "userfaultfd");
  uffdio_api api{UFFD_API, 0, 0};
  must(ioctl(faults, UFFDIO_API, &api), "UFFDIO_API");
  void* nowhere = mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  uffdio_register area{{reinterpret_cast<std::uintptr_t>(nowhere), page}, UFFDIO_REGISTER_MODE_MISSING, 0};
  must(ioctl(faults, UFFDIO_REGISTER, &area), "UFFDIO_REGISTER");
  static int file =
      must(open(std::filesystem::temp_directory_path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600),
           "open a file without a name");
  std::thread([nowhere] { syscall(SYS_write, file, nowhere, page); }).detach();
  line.say();
  if (!line.hear()) return 1;
  start_threads(count, [](void*) -> void* {
    lseek(file, 0, SEEK_SET);
    return nullptr;
  });
  line.say();
  return line.hear() ? 0 : 1;
}

TEST_F(ManyThreads, that_fall_into_d_together_are_few_findings_and_soon_one) {
  if (close(static_cast<int>(syscall(SYS_userfaultfd, O_CLOEXEC))) != 0) WEDGED_SKIP("no userfaultfd");
  constexpr std::size_t count = 1'500;
  const Child child([](const Line& line) { return wait_for_a_position(line, count); });
  child.hear();
  const auto writers = threads_of(child.pid());
  for (const int tid : writers) await_call(child.pid(), tid, tid == child.pid() ? SYS_read : SYS_write);
  child.say();
  child.hear();
  for (const int tid : threads_of(child.pid())) {
    if (std::find(writers.begin(), writers.end(), tid) == writers.end()) await_state(child.pid(), tid, 'D');
  }
  Thresholds thresholds;
  thresholds.uninterruptible_wait = std::chrono::seconds(1);
  pause_for(thresholds.uninterruptible_wait);
  WatchOptions options;
  options.scope.tgids = {child.pid()};
  Tick tick(watch(options), thresholds);
  await("all of them to be told in one finding", [&] {
    const auto findings = tick.look().open;
    holds("no finding for each", findings.size() <= 2);
    return findings.size() == 1 && findings[0].victims.size() == count - 1;
  });
}

// Two threads that start and end others as fast as they can, beside some that stay.
int come_and_go(const Line& line) {
  constexpr std::size_t staying = 50;
  start_threads(staying);
  line.say();
  if (!line.hear()) return 1;
  const auto churn = [] {
    while (true) std::thread([] { syscall(SYS_getppid); }).join();
  };
  std::thread other(churn);
  churn();
  return 0;
}

TEST_F(ManyThreads, that_stay_are_seen_while_others_come_and_go) {
  const Child child(come_and_go);
  child.hear();
  const auto staying = threads_of(child.pid());
  for (const int tid : staying) await_call(child.pid(), tid, tid == child.pid() ? SYS_read : SYS_futex);
  auto observer = watch({child.pid()});
  static_cast<void>(observed(observer, child.pid()));
  child.say();
  std::set<TaskId> passing;
  for (int round = 0; round < 300; ++round) {
    const auto snapshot = scan(observer);
    std::size_t seen = 0;
    for (const int tid : staying) seen += tid != child.pid() && find(snapshot, tid) != nullptr ? 1 : 0;
    same("staying threads seen", seen, staying.size() - 1);
    holds("all of them are scanned", snapshot.threads_scanned >= staying.size());
    for (const auto& task : snapshot.suspects) {
      if (std::find(staying.begin(), staying.end(), task.id.tid) == staying.end()) passing.insert(task.id);
    }
    nothing_was_lost(snapshot);
    same<std::size_t>("deaths inside a call", snapshot.deaths.size(), 0);
  }
  std::size_t gone = 0;
  for (const auto& id : passing) {
    const auto sample = observer.sample_again(id);
    gone += !sample.ok() && sample.error().kind == ErrorKind::gone ? 1 : 0;
    holds("it is there or gone", sample.ok() || sample.error().kind == ErrorKind::gone);
  }
  std::cout << passing.size() << " passing threads were caught in a call; " << gone
            << " of them were gone after it\n";
}

}  // namespace
}  // namespace wedged::test
