// SPDX-License-Identifier: Apache-2.0
#include "observation/process_wait.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "support/builders.h"

namespace wedged {
namespace {

Task waiting(int call, std::array<std::uint64_t, 6> arguments) {
  Task task = test::a_thread().in_call(call);
  task.call->arguments = arguments;
  return task;
}

TEST(ProcessWait, for_a_certain_child_names_it) {
  for (const auto& task : {waiting(SYS_wait4, {77}), waiting(SYS_waitid, {P_PID, 77})}) {
    const auto wait = process_wait_of(task);
    ASSERT_TRUE(wait);
    EXPECT_EQ(wait->kind, LockKind::process);
    EXPECT_EQ(wait->owner, 77);
    EXPECT_EQ(wait->type, "end of process 77");
    EXPECT_FALSE(wait->process_private);
  }
}

TEST(ProcessWait, for_any_child_names_nobody) {
  constexpr auto any = static_cast<std::uint64_t>(-1);
  EXPECT_FALSE(process_wait_of(waiting(SYS_wait4, {any})));
  EXPECT_FALSE(process_wait_of(waiting(SYS_wait4, {0})));
  EXPECT_FALSE(process_wait_of(waiting(SYS_wait4, {static_cast<std::uint64_t>(-77)}))) << "a process group";
  EXPECT_FALSE(process_wait_of(waiting(SYS_waitid, {P_ALL, 77})));
  EXPECT_FALSE(process_wait_of(waiting(SYS_waitid, {P_PGID, 77})));
}

TEST(ProcessWait, is_read_from_sleeping_threads_in_such_calls_only) {
  EXPECT_FALSE(process_wait_of(waiting(SYS_read, {77})));
  EXPECT_FALSE(process_wait_of(test::a_thread()));
  Task running = waiting(SYS_wait4, {77});
  running.state = RunState::running;
  EXPECT_FALSE(process_wait_of(running));
  Task compat = waiting(SYS_wait4, {77});
  compat.call->compat = true;
  EXPECT_FALSE(process_wait_of(compat));
  Task unknown = waiting(SYS_wait4, {77});
  unknown.call->arguments.reset();
  EXPECT_FALSE(process_wait_of(unknown));
}

}  // namespace
}  // namespace wedged
