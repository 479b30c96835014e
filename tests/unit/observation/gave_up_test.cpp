// SPDX-License-Identifier: Apache-2.0
// glibc sleeps for ever where a priority-inheriting mutex turns out impossible; the mutex is then found by
// what registers and stack point to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observation/lock.h"
#include "observation/lock_layouts.h"
#include "support/builders.h"

namespace wedged {
namespace {

using test::a_mutex;
using test::a_thread;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t stack = 0x7ffd00001000;
constexpr std::uint64_t mutex = 0x7f0000001000;
constexpr std::uint32_t inherit = 0x20;

Task gave_up(std::uint64_t word = stack + 32) {
  Task task =
      a_thread().in_futex(word, 0, FUTEX_WAIT_BITSET_PRIVATE).in_function("__pthread_mutex_lock_full");
  task.registers = UserRegisters{0x401000, stack};
  return task;
}

// As the inspector reads around a pointer to `offset` bytes into the mutex.
WordSurroundings pointed_at(std::uint64_t offset, std::uint64_t address = mutex,
                            std::uint32_t kind = inherit) {
  auto memory = a_mutex(address, 7, kind);
  memory.bytes.erase(memory.bytes.begin(), memory.bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  memory.begin += offset;
  return memory;
}

Lock lock_with(std::vector<WordSurroundings> pointed) {
  Task task = gave_up();
  task.user_side->pointed = std::move(pointed);
  return *lock_of(task, CLibrary::glibc);
}

TEST(GaveUp, a_sleep_of_the_lock_function_on_its_own_stack_is_told) {
  const auto lock = *lock_of(gave_up(), CLibrary::glibc);
  EXPECT_EQ(lock.kind, LockKind::gave_up);
  EXPECT_EQ(lock.type, "priority-inheriting mutex");
  EXPECT_FALSE(lock.owner.has_value());
  EXPECT_TRUE(has_holder(lock.kind));
}

TEST(GaveUp, a_word_elsewhere_is_a_mutex) {
  EXPECT_EQ(lock_of(gave_up(stack - 4), CLibrary::glibc)->kind, LockKind::mutex);
  EXPECT_EQ(lock_of(gave_up(stack + 1024), CLibrary::glibc)->kind, LockKind::mutex);
  EXPECT_EQ(lock_of(gave_up(), CLibrary::musl)->kind, LockKind::mutex);
  Task task = gave_up();
  task.registers.reset();
  EXPECT_EQ(lock_of(task, CLibrary::glibc)->kind, LockKind::mutex);
  task = gave_up();
  (*task.call->arguments)[2] = 2;
  EXPECT_EQ(lock_of(task, CLibrary::glibc)->kind, LockKind::mutex);
}

TEST(GaveUp, a_pointer_to_the_mutex_or_to_its_kind_finds_it) {
  for (const std::uint64_t offset : {0U, 16U}) {
    const auto lock = lock_with({pointed_at(offset)});
    EXPECT_EQ(lock.kind, LockKind::gave_up);
    EXPECT_EQ(lock.owner, 7) << offset;
    EXPECT_EQ(lock.address, mutex);
    EXPECT_EQ(lock.type, "normal priority-inheriting mutex");
    EXPECT_THAT(lock.no_owner_reason, IsEmpty());
  }
  EXPECT_EQ(lock_with({pointed_at(0), pointed_at(16)}).owner, 7);  // the same one twice
}

TEST(GaveUp, other_memory_and_two_such_mutexes_find_none) {
  EXPECT_FALSE(lock_with({pointed_at(8)}).owner.has_value());
  EXPECT_FALSE(lock_with({pointed_at(0, mutex, 0)}).owner.has_value());
  EXPECT_FALSE(lock_with({pointed_at(0), pointed_at(0, mutex + 256)}).owner.has_value());
  EXPECT_FALSE(lock_with({test::object_at(mutex, {0x80000000, 1, 0, 1, inherit})}).owner.has_value());
  EXPECT_FALSE(lock_with({}).owner.has_value());
}

TEST(GaveUp, a_window_that_begins_late_is_not_read_in_the_wrong_place) {
  for (std::size_t size = 0; size < 200; ++size) {
    auto memory = pointed_at(0);
    memory.bytes.resize(std::min(size, memory.bytes.size()));
    EXPECT_EQ(lock_with({memory}).owner.has_value(), size >= test::in_front + 20) << size;
  }
}

TEST(GaveUp, candidates_are_aligned_addresses_of_user_space_from_registers_and_stack) {
  Task task = gave_up();
  task.details->registers.emplace();
  (*task.details->registers)[3] = mutex;
  (*task.details->registers)[4] = mutex + 2;           // not aligned
  (*task.details->registers)[5] = 0xffffffff81000000;  // the kernel's
  (*task.details->registers)[6] = 0xffff;              // below anything that can be mapped
  (*task.details->registers)[7] = mutex;               // again
  task.user_side->word = test::memory_at(stack, {0x00002000, 0x7f00, 0x00003000, 0x7f00});
  EXPECT_THAT(pi_mutex_candidates(task), ElementsAre(0x7f0000001000, 0x7f0000002000, 0x7f0000003000));
}

TEST(GaveUp, values_on_the_stack_are_read_where_they_are_aligned) {
  Task task = gave_up();
  task.user_side->word = test::memory_at(stack + 4, {0xffffffff, 0x00002000, 0x7f00, 0x00003000});
  EXPECT_THAT(pi_mutex_candidates(task), ElementsAre(0x7f0000002000));
}

TEST(GaveUp, no_more_than_48_candidates_are_asked_for) {
  Task task = gave_up();
  std::vector<std::uint32_t> words;
  for (std::uint32_t at = 0; at < 100; ++at) words.insert(words.end(), {0x10000 + at * 8, 0});
  task.user_side->word = test::memory_at(stack, words);
  EXPECT_THAT(pi_mutex_candidates(task), SizeIs(48));
  EXPECT_THAT(pi_mutex_candidates(a_thread()), IsEmpty());
}

}  // namespace
}  // namespace wedged
