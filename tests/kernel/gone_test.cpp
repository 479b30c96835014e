// SPDX-License-Identifier: Apache-2.0
// Threads that vanish are normal: a sample of one says that it is gone, even if another one has its number by
// now, and nobody who ends in an ordinary way is taken for one who died inside a call.
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "child.h"
#include "kernel_test.h"
#include "parity.h"
#include "watch.h"

namespace wedged::test {
namespace {

class Gone : public KernelTest {
 protected:
  static void is_gone(Observer& observer, const TaskId& id) {
    const auto sample = observer.sample_again(id);
    ASSERT_FALSE(sample.ok());
    holds("the kind of the error is gone", sample.error().kind == ErrorKind::gone);
  }
};

// A process with a chosen number: clone3 with set_tid, 49cb2fc42ce4, v5.5.
int recycle(int pid) {
  clone_args arguments{};
  arguments.exit_signal = SIGCHLD;
  arguments.set_tid = reinterpret_cast<std::uintptr_t>(&pid);
  arguments.set_tid_size = 1;
  const int parent = getpid();
  const auto made = static_cast<int>(syscall(SYS_clone3, &arguments, sizeof(arguments)));
  if (made != 0) return must(made, "clone3");
  die_with_parent(parent);
  while (true) pause();
}

TEST_F(Gone, a_process_that_has_ended_is_gone) {
  Child child(wait_for_ever);
  child.hear();
  auto observer = watch({child.pid()});
  const auto id = observed(observer, child.pid()).id;
  child.signal(SIGKILL);
  child.wait();
  is_gone(observer, id);
  same<std::size_t>("suspects", scan(observer).suspects.size(), 0);
}

TEST_F(Gone, another_start_is_another_thread) {
  Child child(wait_for_ever);
  child.hear();
  auto observer = watch({child.pid()});
  auto id = observed(observer, child.pid()).id;
  holds("it is there", observer.sample_again(id).ok());
  id.start_boottime_ns += 1;
  is_gone(observer, id);
}

TEST_F(Gone, a_process_whose_number_is_used_again_is_gone) {
  Child child(wait_for_ever);
  const int pid = child.pid();
  child.hear();
  auto observer = watch({pid});
  const auto id = observed(observer, pid).id;
  child.signal(SIGKILL);
  child.wait();
  const int again = recycle(pid);
  ASSERT_EQ(again, pid);
  await_call(pid, pid, SYS_pause);
  is_gone(observer, id);
  auto who_means_the_other = watch({pid});
  const auto other = observed(who_means_the_other, pid);
  holds("the other one is there", expect_parity(who_means_the_other, other.id).id == other.id);
  holds("it is not the same", other.id != id);
  holds("it is not taken for who was meant", scan(observer).suspects.empty());
  kill(again, SIGKILL);
  waitpid(again, nullptr, 0);
}

// The first thread may end while others go on: it stays as a zombie, and the process lives.
TEST_F(Gone, a_main_thread_that_has_ended_is_dead_while_its_process_lives) {
  Child child([](const Line& line) {
    std::thread([] { syscall(SYS_pause); }).detach();
    line.say();
    if (!line.hear()) return 1;
    syscall(SYS_exit, 0);
    return 1;
  });
  child.hear();
  auto observer = watch({child.pid()});
  const auto id = observed(observer, child.pid()).id;
  child.say();
  await_state(child.pid(), child.pid(), 'Z');
  same<std::size_t>("threads that are left", threads_of(child.pid()).size(), 2);
  const auto sample = observer.sample_again(id);
  ASSERT_TRUE(sample.ok());
  same("state", sample->state, RunState::dead);
  holds("no call", !sample->call.has_value());
}

TEST_F(Gone, ordinary_ends_are_no_deaths_inside_a_call) {
  const std::vector<Child::Body> ends{
      [](const Line& line) { return line.hear() ? 0 : 1; },
      [](const Line& line) {
        if (!line.hear()) return 1;
        std::thread([] { syscall(SYS_getppid); }).join();
        syscall(SYS_exit, 0);
        return 1;
      },
      [](const Line& line) {
        if (!line.hear()) return 1;
        std::thread others[3];
        for (auto& other : others) other = std::thread([] { pause(); });
        return raise(SIGABRT);
      },
      [](const Line& line) {
        if (!line.hear()) return 1;
        std::thread others[3];
        for (auto& other : others) other = std::thread([] { pause(); });
        std::thread([] { execl("/bin/true", "true", nullptr); }).join();
        return 1;
      },
      [](const Line& line) {
        if (!line.hear()) return 1;
        return prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0 ? static_cast<int>(syscall(SYS_getuid)) : 1;
      },
  };
  std::vector<Child> children;
  std::vector<int> pids;
  for (const auto& end : ends) pids.push_back(children.emplace_back(end).pid());
  Child killed(wait_for_ever);
  pids.push_back(killed.pid());
  killed.hear();
  auto observer = watch(pids);
  for (auto& child : children) child.say();
  for (auto& child : children) child.wait();
  killed.signal(SIGKILL);
  killed.wait();
  const auto snapshot = scan(observer);
  for (const auto& death : snapshot.deaths) {
    ADD_FAILURE() << "thread " << death.id.tid << " of " << death.id.tgid << " said to have died in call "
                  << death.call_number;
  }
  same<std::size_t>("deaths inside a call", snapshot.deaths.size(), 0);
  nothing_was_lost(observer);
}

}  // namespace
}  // namespace wedged::test
