// SPDX-License-Identifier: Apache-2.0
// What is observed of a thread that does not move is what /proc says: identity, state, times, call, stack,
// cgroup.
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

#include "child.h"
#include "kernel_test.h"
#include "parity.h"
#include "watch.h"

namespace wedged::test {
namespace {

class TaskParity : public KernelTest {};

TEST_F(TaskParity, of_a_process_waiting_in_read) {
  Child child(wait_for_ever);
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch({child.pid()});
  const auto task = observed(observer, child.pid());
  const auto sample = expect_parity(observer, task.id);
  same("its parent is the test", sample.parent_tgid, getpid());
  holds("it is no kernel thread", !sample.kernel_thread);
  holds("it is not exiting", !sample.exiting);
  nothing_was_lost(observer);
}

TEST_F(TaskParity, of_each_thread_with_a_name_and_a_user_of_its_own) {
  constexpr int threads = 3;
  Child child([](const Line& line) {
    const int parent = getppid();
    prctl(PR_SET_NAME, "two words) x");
    must(setuid(12345), "setuid");
    die_with_parent(parent);
    std::array<std::thread, threads> waiting;
    for (std::size_t i = 0; i < threads; ++i) {
      waiting.at(i) = std::thread([i] {
        prctl(PR_SET_NAME, ("wörker\n" + std::to_string(i)).c_str());
        pause();
      });
    }
    return wait_for_ever(line);
  });
  child.hear();
  auto observer = watch({child.pid()});
  for (const int tid : threads_of(child.pid())) {
    SCOPED_TRACE(tid);
    await_call(child.pid(), tid, tid == child.pid() ? SYS_read : SYS_pause);
    const auto sample = expect_parity(observer, observed(observer, tid).id);
    same("uid", sample.uid.value_or(0), 12345);
    same("name of the process", sample.process_comm, "two words) x");
  }
  same<std::size_t>("threads", threads_of(child.pid()).size(), threads + 1);
  nothing_was_lost(observer);
}

TEST_F(TaskParity, of_times_in_user_and_system_mode) {
  Child child([](const Line& line) {
    const auto until = now() + std::chrono::milliseconds(150);
    volatile unsigned rounds = 0;
    while (now() < until) rounds = rounds + 1;
    Fd zero{must(open("/dev/zero", O_RDONLY), "open")};
    std::vector<char> buffer(1 << 20);
    const auto then = now() + std::chrono::milliseconds(150);
    while (now() < then) static_cast<void>(!read(zero.get(), buffer.data(), buffer.size()));
    return wait_for_ever(line);
  });
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch({child.pid()});
  const auto task = observed(observer, child.pid());
  same("user time", task.user_time_ns, user_time_of(child.pid()));
  same("both times", task.user_time_ns + task.system_time_ns, cpu_time_of(child.pid()));
  holds("there is user time", task.user_time_ns > 0);
  holds("there is system time", task.system_time_ns > 0);
}

TEST_F(TaskParity, of_switches_of_a_thread_that_goes_on) {
  Child child([](const Line& line) {
    line.say();
    if (!line.hear()) return 1;
    while (true) usleep(200);
  });
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch({child.pid()});
  const auto id = observed(observer, child.pid()).id;
  child.say();
  for (int round = 0; round < 20; ++round) {
    const auto before = read_proc_task(child.pid(), child.pid());
    const auto sample = observer.sample_again(id);
    const auto after = read_proc_task(child.pid(), child.pid());
    ASSERT_TRUE(sample.ok());
    between("context switches", before.switches, sample->switch_count, after.switches);
    pause_for(std::chrono::milliseconds(2));
  }
}

TEST_F(TaskParity, of_a_process_in_namespaces_of_its_own) {
  Shared<int> pid;
  Child child([&](const Line& line) {
    must(unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWCGROUP), "unshare");
    const int inner = must(fork(), "fork");
    if (inner == 0) {
      die_with_parent(0);  // which is not visible from inside
      while (true) pause();
    }
    *pid = inner;
    return wait_for_ever(line);
  });
  child.hear();
  await_call(*pid, *pid, SYS_pause);
  auto observer = watch({*pid});
  const auto sample = expect_parity(observer, observed(observer, *pid).id);
  same("process", sample.id.tgid, *pid);
  same("parent", sample.parent_tgid, child.pid());
}

TEST_F(TaskParity, of_a_process_that_has_become_another_program) {
  Child child([](const Line& line) {
    line.say();
    if (!line.hear()) return 1;
    return execl("/bin/sleep", "sleep", "1000", nullptr);
  });
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch({child.pid()});
  const auto before = expect_parity(observer, observed(observer, child.pid()).id);
  child.say();
  await_call(child.pid(), child.pid(), SYS_clock_nanosleep);
  const auto after = expect_parity(observer, observed(observer, child.pid()).id);
  holds("it is the same process", after.id == before.id);
  same("name", after.comm, "sleep");
  holds("the program is another one", after.details->exe != before.details->exe);
}

}  // namespace
}  // namespace wedged::test
