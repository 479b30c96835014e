// SPDX-License-Identifier: Apache-2.0
// Threads brought into each state that needs no broken kernel: they are in the state that /proc says they are
// in.
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <vector>

#include "child.h"
#include "kernel_test.h"
#include "own_cgroup.h"
#include "parity.h"
#include "watch.h"

namespace wedged::test {
namespace {

class StateParity : public KernelTest {};

TEST_F(StateParity, in_each_state_that_a_thread_can_be_brought_into) {
  Child child([](const Line& line) {
    line.say();
    if (!line.hear()) return 1;
    std::atomic<bool> stop = false;
    while (!stop) {
    }
    return 0;
  });
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch({child.pid()});
  const auto id = observed(observer, child.pid()).id;
  same("asleep", expect_parity(observer, id).state, RunState::sleeping);
  child.say();
  await_state(child.pid(), child.pid(), 'R');
  const auto running = observer.sample_again(id);
  ASSERT_TRUE(running.ok());
  same("running", running->state, RunState::running);
  child.signal(SIGSTOP);
  await_state(child.pid(), child.pid(), 'T');
  same("stopped", expect_parity(observer, id).state, RunState::stopped);
  ASSERT_EQ(ptrace(PTRACE_SEIZE, child.pid(), nullptr, nullptr), 0);
  ASSERT_EQ(ptrace(PTRACE_INTERRUPT, child.pid(), nullptr, nullptr), 0);
  await_state(child.pid(), child.pid(), 't');
  same("traced", expect_parity(observer, id).state, RunState::traced);
  child.signal(SIGKILL);
  await_state(child.pid(), child.pid(), 'Z');
  same("dead", expect_parity(observer, id).state, RunState::dead);
}

// What freezes containers: it looks like a sleep, and any signal ends it that ends the process.
TEST_F(StateParity, of_a_process_that_its_cgroup_has_frozen) {
  if (unified_hierarchy().empty()) WEDGED_SKIP("the unified cgroup hierarchy is not mounted");
  const OwnCgroup cgroup("/wedged-test-" + std::to_string(getpid()));
  const auto file = unified_hierarchy() + cgroup.path() + "/cgroup.freeze";
  if (access(file.c_str(), W_OK) != 0) WEDGED_SKIP("cgroups cannot be frozen");
  Child child([&](const Line& line) {
    cgroup.enter();
    return wait_for_ever(line);
  });
  child.hear();
  await_call(child.pid(), child.pid(), SYS_read);
  auto observer = watch({child.pid()});
  const auto id = observed(observer, child.pid()).id;
  std::ofstream(file) << 1 << std::flush;
  await("the cgroup to be frozen", [&] {
    return file_text(unified_hierarchy() + cgroup.path() + "/cgroup.events").find("frozen 1") !=
           std::string::npos;
  });
  const auto sample = expect_parity(observer, id);
  holds("it is not in D", !in_d_state(sample.state));
  child.signal(SIGKILL);
  child.wait();
}

// The one D state that every kernel offers: a parent that waits for its vfork child.
TEST_F(StateParity, of_a_vfork_parent_that_waits_killably_in_d) {
  Child child([](const Line&) {
    const auto idle = [](void* parent) {
      die_with_parent(*static_cast<int*>(parent));
      while (true) pause();
      return 0;
    };
    std::vector<char> stack(65536);
    int self = getpid();
    return must(clone(idle, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, &self), "clone");
  });
  await_state(child.pid(), child.pid(), 'D');
  auto observer = watch({child.pid()});
  const auto sample = expect_parity(observer, observed(observer, child.pid()).id);
  same("state", sample.state, RunState::killable);
  ASSERT_TRUE(sample.call.has_value());
  same("call", sample.call->number, SYS_clone);
}

// As a server that has forked its workers before, and starts a program.
TEST_F(StateParity, of_a_vfork_parent_with_many_children_names_the_right_one) {
  constexpr int many = 400;
  Shared<int> lent_to;
  Child child([&](const Line&) {
    const int self = getpid();
    for (int i = 0; i < many; ++i) {
      if (must(fork(), "fork") != 0) continue;
      die_with_parent(self);
      while (true) pause();
    }
    struct Loan {
      int parent;
      int* child;
    } loan{self, &*lent_to};
    const auto idle = [](void* word) {
      const auto* given = static_cast<Loan*>(word);
      die_with_parent(given->parent);
      *given->child = getpid();
      while (true) pause();
      return 0;
    };
    std::vector<char> stack(65536);
    return must(clone(idle, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, &loan), "clone");
  });
  await("the child of vfork", [&] { return *lent_to != 0; });
  await_state(child.pid(), child.pid(), 'D');
  for (const bool by_hand : {false, true}) {
    WatchOptions options;
    options.scope.tgids = {child.pid()};
    options.without_loop_helper = by_hand;
    auto observer = watch(options);
    const auto task = observed(observer, child.pid());
    ASSERT_TRUE(task.details.has_value());
    same("the child that it waits for", task.details->vfork_child.value_or(0), *lent_to);
  }
}

}  // namespace
}  // namespace wedged::test
