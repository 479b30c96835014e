// SPDX-License-Identifier: Apache-2.0
// What a thread's calls were good for: exactly counted, as strace counts them; and what a loop that spins
// waits for: the right descriptors, with the events asked for and reported, told from those that somebody
// works off.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <map>

#include "child.h"
#include "kernel_test.h"
#include "proc_task.h"
#include "strace.h"
#include "watch.h"
#include "work.h"

namespace wedged::test {
namespace {

SuspectLimits spinners() {
  SuspectLimits limits;
  limits.wait = std::chrono::hours(1);
  limits.spin = Duration{1};
  limits.spin_interval = std::chrono::milliseconds(50);
  return limits;
}

const Task& member(const Snapshot& snapshot, int tid) {
  const auto* task = find(snapshot, tid);
  if (task == nullptr) throw std::runtime_error("it is not in the snapshot");
  return *task;
}

class Counted : public KernelTest, public testing::WithParamInterface<bool> {
 protected:
  // What the child's calls between two scans were good for.
  static CallCounts counted_while(const std::function<void()>& work) {
    const Work child(work);
    WatchOptions options;
    options.scope.tgids = {child.pid()};
    if (GetParam()) options.without_tracepoints = syscall_tracepoints;
    auto observer = watch(options);
    const auto found = observer.look_up({child.pid()}, true);
    observer.watch({found->at(child.pid())});
    child.be_done();
    const auto counts = member(scan(observer), child.pid()).loop.value().counts;
    nothing_was_lost(observer);
    return counts;
  }
};

INSTANTIATE_TEST_SUITE_P(, Counted, testing::Bool(),
                         [](const auto& raw) { return raw.param ? "raw_tracepoints" : "typed_tracepoints"; });

TEST_P(Counted, is_each_call_by_what_it_was_good_for) {
  constexpr std::uint64_t many = 1000;
  const auto counts = counted_while([] {
    const int event = eventfd(1, EFD_NONBLOCK);  // productive
    pollfd polled{event, POLLIN, 0};
    pollfd idle{event, POLLPRI, 0};
    std::uint64_t value = 1;
    for (std::uint64_t i = 0; i < many; ++i) {
      poll(&polled, 1, 0);                                   // ready
      poll(&idle, 1, 0);                                     // not ready: nothing
      if (read(event, &value, sizeof(value)) < 0) return;    // productive
      if (read(event, &value, sizeof(value)) >= 0) return;   // EAGAIN: fruitless
      if (write(event, &value, sizeof(value)) < 0) return;   // productive
      syscall(SYS_getppid);                                  // nothing
      syscall(SYS_futex, &value, 1 /* FUTEX_WAKE */, 1);     // productive
      syscall(SYS_futex, &value, 0 /* FUTEX_WAIT */, 7);     // EAGAIN: nothing
      syscall(SYS_ioctl, 2, 0x541b /* FIONREAD */, &value);  // nothing
      if (fchdir(-1) == 0) return;                           // it failed, but moves nothing: nothing
    }
  });
  same("ready", counts.ready, many);
  same("productive", counts.productive, 3 * many + 1 + Work::productive_calls_beside);
  same("fruitless", counts.fruitless, many);
}

// A loop that spins until it is killed, with a descriptor that it works off beside it.
class Spin : public KernelTest {
 protected:
  static Task spinning(Observer& observer, int pid) {
    Task seen;
    await("what its loop waits for", [&] {
      const auto snapshot = scan(observer);
      const auto* task = find(snapshot, pid);
      if (task != nullptr) seen = *task;
      pause_for(std::chrono::milliseconds(60));
      return task != nullptr && task->loop && task->loop->watch && !task->loop->watch->ready.empty() &&
             task->loop->watch->ready.front().returned > 1000;
    });
    return seen;
  }

  static Observer patient(int pid) {
    auto observer = watch({pid});
    observer.probes().set_limits(spinners());
    return observer;
  }

  static const ReadyDescriptor& of(const Task& task, int descriptor) {
    const auto& ready = task.loop->watch->ready;
    const auto found = std::find_if(ready.begin(), ready.end(),
                                    [&](const auto& one) { return one.descriptor == descriptor; });
    if (found == ready.end()) throw std::runtime_error("descriptor " + std::to_string(descriptor));
    return *found;
  }
};

// A program of fixed calls: only such as the line to the test does not use.
void fixed_calls() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends.data()) != 0) return;
  pollfd polled{ends[0], POLLIN, 0};
  char byte = 'x';
  for (int turn = 0; turn < 700; ++turn) {
    send(ends[1], &byte, 1, 0);
    poll(&polled, 1, -1);
    recv(ends[0], &byte, 1, 0);
    recv(ends[0], &byte, 1, 0);  // EAGAIN
    if (turn % 7 == 0) syscall(SYS_getppid);
    if (turn % 5 == 0) send(-1, &byte, 1, 0);  // EBADF
  }
}

TEST_F(Spin, is_counted_as_strace_counts) {
  if (std::system("strace -V > /dev/null 2>&1") != 0) WEDGED_SKIP("there is no strace");
  const Work child(fixed_calls);
  auto observer = watch({child.pid()});
  observer.watch({observer.look_up({child.pid()}, true)->at(child.pid())});
  Strace strace(child.pid());
  child.be_done();
  const auto loop = member(scan(observer), child.pid()).loop.value();
  auto counts = strace.finish();
  const std::map<std::string, long> numbers{
      {"poll", SYS_poll}, {"recvfrom", SYS_recvfrom}, {"sendto", SYS_sendto}, {"getppid", SYS_getppid}};
  for (const auto& [name, number] : numbers) {
    SCOPED_TRACE(name);
    holds("it was called", counts[name].calls > 0);
    same("calls", stats_of(observer, number).calls, counts[name].calls);
    same("errors", stats_of(observer, number).errors, counts[name].errors);
  }
  const auto& received = counts["recvfrom"];
  const auto& sent = counts["sendto"];
  same("ready", loop.counts.ready, counts["poll"].calls);
  same("fruitless", loop.counts.fruitless, received.errors + sent.errors);
  // And the socket pair, and the read that told it to go on.
  same("productive", loop.counts.productive, received.calls - received.errors + sent.calls - sent.errors + 2);
}

// The child's descriptors begin behind the line's.
constexpr int first = 4;

void add(int epoll, int descriptor, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = 0xfeed0000U + static_cast<unsigned>(descriptor);
  epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

// Every fiftieth turn or so something useful is done.
void work_off(int event, unsigned turn) {
  std::uint64_t value = 1;
  if (turn % 500 == 0 && write(event, &value, sizeof(value)) > 0) (void)!read(event, &value, sizeof(value));
}

TEST_F(Spin, on_epoll_is_seen_with_the_descriptor_that_nobody_reads) {
  Child child([](const Line& line) -> int {
    const int epoll = epoll_create1(0);  // 4
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) return 1;  // 5, 6
    const int busy = eventfd(0, 0);        // 7
    const int idle = eventfd(0, 0);        // 8
    close(ends[0]);
    add(epoll, ends[1], 0);  // nothing asked for, EPOLLERR reported
    add(epoll, busy, EPOLLIN);
    add(epoll, idle, EPOLLIN);
    line.say();
    for (unsigned turn = 0;; ++turn) {
      std::array<epoll_event, 8> events{};
      epoll_wait(epoll, events.data(), events.size(), -1);
      work_off(busy, turn);
    }
  });
  child.hear();
  auto observer = patient(child.pid());
  const auto task = spinning(observer, child.pid());
  const auto& watch = *task.loop->watch;
  same("wait", watch.wait_call, static_cast<int>(SYS_epoll_wait));
  same("epoll", watch.epoll, first);
  same("registered", watch.registered, 3U);
  same("ready now", watch.ready_now, 1U);
  holds("nothing was missed", watch.complete);
  const auto& culprit = of(task, first + 2);
  same("asked", culprit.asked, 0U);
  same("reported", culprit.reported, event_err);
  same("used", culprit.used, 0U);
  holds("it is the pipe: " + culprit.file, culprit.file.rfind("pipe:[", 0) == 0);
  holds("it spins", task.loop->spinning_since && task.loop->spinning.ready > 1000);
  holds("next to nothing is done", task.loop->spinning.productive * 50 < task.loop->spinning.ready);
  holds("who it is, is known", task.details && !task.details->exe.empty());
  holds("its stack is",
        task.details->registers && task.details->stack_copy && task.details->stack_copy->bytes.size() >= 512);
  nothing_was_lost(observer);
}

TEST_F(Spin, on_poll_is_seen_with_what_is_used_and_what_is_not) {
  Child child([](const Line& line) -> int {
    const int unread = eventfd(1, 0);  // 4
    const int busy = eventfd(0, 0);    // 5: ready at times, and read
    line.say();
    for (unsigned turn = 0;; ++turn) {
      std::uint64_t value = 1;
      if (turn % 500 == 0 && write(busy, &value, sizeof(value)) < 0) return 1;
      std::array<pollfd, 2> polled{{{unread, POLLIN, 0}, {busy, POLLIN, 0}}};
      poll(polled.data(), polled.size(), -1);
      if (polled[1].revents != 0 && read(busy, &value, sizeof(value)) < 0) return 1;
    }
  });
  child.hear();
  auto observer = patient(child.pid());
  const auto task = spinning(observer, child.pid());
  same("wait", task.loop->watch->wait_call, static_cast<int>(SYS_poll));
  same("epoll", task.loop->watch->epoll, -1);
  const auto& culprit = of(task, first);
  same("asked", culprit.asked, event_in);
  same("reported", culprit.reported, event_in);
  same("used", culprit.used, 0U);
  same<std::string>("file", culprit.file, "anon_inode:[eventfd]");
  const auto& worked_off = of(task, first + 1);
  holds("the other is used", worked_off.used > 0 && worked_off.returned < culprit.returned);
}

TEST_F(Spin, on_select_is_seen_with_its_end_of_file) {
  Child child([](const Line& line) -> int {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) return 1;  // 4, 5
    close(ends[1]);
    line.say();
    for (;;) {
      fd_set set;
      FD_ZERO(&set);
      FD_SET(ends[0], &set);
      select(ends[0] + 1, &set, nullptr, nullptr, nullptr);
      char byte = 0;
      if (read(ends[0], &byte, 1) != 0) return 1;
    }
  });
  child.hear();
  auto observer = patient(child.pid());
  const auto task = spinning(observer, child.pid());
  const auto& culprit = of(task, first);
  same("asked", culprit.asked, event_in);
  same("reported", culprit.reported, event_in);
  same("used", culprit.used, 0U);
  ASSERT_TRUE(task.loop->failing.has_value());
  same("what fails", task.loop->failing->number, static_cast<int>(SYS_read));
  same("end of file", task.loop->failing->error, 0);
  same("where", task.loop->failing->descriptor, first);
  ASSERT_TRUE(culprit.other_end.has_value());
  same("who has the other end", culprit.other_end->processes, 0U);
}

TEST_F(Spin, for_a_file_that_is_closed_here_names_who_has_it_open) {
  Child child([](const Line& line) -> int {
    const int epoll = epoll_create1(0);  // 4
    const int lost = eventfd(1, 0);      // 5
    add(epoll, lost, EPOLLIN);
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (;;) pause();
    }
    close(lost);
    line.say();
    for (;;) {
      std::array<epoll_event, 8> events{};
      epoll_wait(epoll, events.data(), events.size(), -1);
    }
  });
  child.hear();
  auto observer = patient(child.pid());
  const auto task = spinning(observer, child.pid());
  const auto& culprit = of(task, -1);
  same("data", culprit.data, 0xfeed0005U);
  same<std::string>("file", culprit.file, "anon_inode:[eventfd]");
  ASSERT_EQ(culprit.held_by.size(), 1U);
  holds("the child has it",
        culprit.held_by[0].process.tgid != child.pid() && culprit.held_by[0].descriptor == 5);
}

TEST_F(Spin, of_a_call_that_fails_alike_names_the_call) {
  Child child([](const Line& line) -> int {
    line.say();
    char byte = 0;
    const int directory = open("/", O_RDONLY);  // 4
    for (;;) {
      if (read(directory, &byte, 1) >= 0) return 1;
    }
  });
  child.hear();
  auto observer = patient(child.pid());
  Task seen;
  await("a spin", [&] {
    const auto snapshot = scan(observer);
    const auto* task = find(snapshot, child.pid());
    if (task != nullptr) seen = *task;
    pause_for(std::chrono::milliseconds(60));
    return task != nullptr && task->loop->failing.has_value() && task->details && task->details->registers;
  });
  same("what fails", seen.loop->failing->number, static_cast<int>(SYS_read));
  same("with", seen.loop->failing->error, EISDIR);
  same("where", seen.loop->failing->descriptor, first);
  same("nothing was ready", seen.loop->spinning.ready, 0U);
}

// Returns are many, but each has been worked off; who polls without blocking gets something now and then.
TEST_F(Spin, is_none_of_who_works_or_polls) {
  Child worker([](const Line& line) -> int {
    const int event = eventfd(1, 0);
    line.say();
    for (;;) {
      pollfd polled{event, POLLIN, 0};
      std::uint64_t value = 1;
      poll(&polled, 1, -1);
      if (read(event, &value, sizeof(value)) < 0 || write(event, &value, sizeof(value)) < 0) return 1;
    }
  });
  Child poller([](const Line& line) -> int {
    const int event = eventfd(0, EFD_NONBLOCK);
    line.say();
    for (unsigned turn = 0;; ++turn) {
      std::uint64_t value = 1;
      (void)!read(event, &value, sizeof(value));
      if (turn % 1000 == 0) (void)!write(event, &value, sizeof(value));
    }
  });
  worker.hear();
  poller.hear();
  auto observer = watch({worker.pid(), poller.pid()});
  observer.probes().set_limits(spinners());
  for (int scans = 0; scans < 8; ++scans) {
    for (const int pid : {worker.pid(), poller.pid()}) {
      const auto snapshot = scan(observer);
      const auto* task = find(snapshot, pid);
      holds("it is no suspect", task == nullptr || !task->loop || !task->loop->spinning_since);
    }
    pause_for(std::chrono::milliseconds(60));
  }
}

TEST_F(Spin, ends_when_the_loop_comes_to_rest) {
  Child child([](const Line& line) -> int {
    const int event = eventfd(1, 0);
    line.say();
    pollfd polled{event, POLLIN, 0};
    pollfd word{line.fd(), POLLIN, 0};
    while (poll(&word, 1, 0) == 0) poll(&polled, 1, -1);
    return line.hear() && line.hear() ? 0 : 1;
  });
  child.hear();
  auto observer = patient(child.pid());
  static_cast<void>(spinning(observer, child.pid()));
  child.say();
  await("it to be no suspect any more", [&] {
    pause_for(std::chrono::milliseconds(60));
    return find(scan(observer), child.pid()) == nullptr;
  });
  count_comparison();
}

}  // namespace
}  // namespace wedged::test
