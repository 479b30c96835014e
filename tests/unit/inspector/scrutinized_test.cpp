// SPDX-License-Identifier: Apache-2.0
// Scrutiny's wishes through a real inspector: whoever was asked about is looked at, however the questions
// meet.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "asking.h"
#include "inspector/inspector.h"
#include "observation/scrutiny.h"
#include "program.h"
#include "support/builders.h"

namespace wedged::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

// A thread of this very process, as the child can read no other's memory here.
Task of_this_process(Task task, int tid) {
  task.process = process_of(getpid());
  task.id = {getpid(), tid, 1};
  task.details->registers.emplace();
  return task;
}

Task locker(int tid) {
  Task task = of_this_process(a_thread().waiting_in_mutex(0x7f0000001000, 1), tid);
  task.user_side.reset();
  return task;
}

// As the scan loop does: userspace/daemon/lookout.cpp.
Snapshot scanned(Scrutiny& scrutiny, Inspector& inspector, std::vector<Task> tasks) {
  Snapshot snapshot;
  snapshot.suspects = std::move(tasks);
  scrutiny.complete(snapshot);
  for (const auto& request : scrutiny.attend(snapshot).inspect) inspector.request(request);
  return snapshot;
}

void expect_all_read(Scrutiny& scrutiny, Inspector& inspector, const std::vector<Task>& tasks) {
  for (auto& reply : inspector.wait_for_all(long_enough)) scrutiny.note(std::move(reply));
  const auto snapshot = scanned(scrutiny, inspector, tasks);
  for (const Task& task : snapshot.suspects) EXPECT_TRUE(task.user_side.has_value()) << task.id.tid;
}

TEST(Scrutinized, a_thread_that_blocks_while_its_process_is_queued_is_looked_at) {
  Scrutiny scrutiny;
  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  inspector.request({process_of(getppid()), {}});
  ASSERT_THAT(inspector.collect(now()), IsEmpty());  // another process is in flight
  scanned(scrutiny, inspector, {locker(1)});
  scanned(scrutiny, inspector, {locker(1), locker(2)});
  expect_all_read(scrutiny, inspector, {locker(1), locker(2)});
}

TEST(Scrutinized, a_thread_that_blocks_while_its_process_is_looked_at_is_looked_at_next) {
  Scrutiny scrutiny;
  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  scanned(scrutiny, inspector, {locker(1)});
  ASSERT_THAT(inspector.collect(now()), IsEmpty());
  scanned(scrutiny, inspector, {locker(1), locker(2)});
  expect_all_read(scrutiny, inspector, {locker(1), locker(2)});
}

// Blocked for ever by glibc, with a pointer to the mutex in a register.
Task gave_up(int tid, const void* mutex) {
  constexpr std::uint64_t stack = 0x7ffd00001000;
  Task task = of_this_process(
      a_thread().in_futex(stack + 32, 0, FUTEX_WAIT_BITSET_PRIVATE).in_function("__pthread_mutex_lock_full"),
      tid);
  task.registers = UserRegisters{0x401000, stack};
  (*task.details->registers)[3] = reinterpret_cast<std::uint64_t>(mutex);
  return task;
}

TEST(Scrutinized, what_each_of_four_waiters_for_one_impossible_mutex_points_to_is_read) {
  const std::array<std::uint64_t, 64> memory{};
  std::vector<Task> truth;
  for (int tid = 1; tid <= 4; ++tid) truth.push_back(gave_up(tid, &memory[32]));
  std::vector<Task> unread = truth;
  for (Task& task : unread) task.user_side.reset();
  Scrutiny scrutiny;
  Snapshot first;
  first.suspects = unread;
  ASSERT_THAT(scrutiny.attend(first).inspect, SizeIs(1));
  InspectReply reply{process_of(getpid()), {}, {}, {}};
  reply.side.libc = CLibrary::glibc;
  for (const Task& task : truth)
    reply.threads.push_back({task.id, *task.user_side, false, task.switch_count});
  scrutiny.note(reply);

  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  scanned(scrutiny, inspector, unread);
  for (auto& answer : inspector.wait_for_all(long_enough)) scrutiny.note(std::move(answer));
  const auto snapshot = scanned(scrutiny, inspector, unread);
  for (const Task& task : snapshot.suspects) EXPECT_THAT(task.user_side->pointed, SizeIs(1)) << task.id.tid;
}

}  // namespace
}  // namespace wedged::test
