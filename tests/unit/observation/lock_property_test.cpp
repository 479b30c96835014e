// SPDX-License-Identifier: Apache-2.0
// Memory and arguments of hostile processes: whatever stands there, no owner is named unless the layout is
// certain, and an owner is one that fits a thread id.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "observation/lock.h"
#include "observation/lock_layouts.h"
#include "support/builders.h"
#include "support/rounds.h"

namespace wedged {
namespace {

class Chance {
 public:
  // Values that mean something to the code under test, more often than by chance.
  std::uint64_t value() {
    constexpr std::array<std::uint64_t, 18> likely{0,          1,          2,          3,  4,          8,
                                                   10,         0x10,       0x20,       31, 64,         128,
                                                   0x3fffffff, 0x80000000, 0xc0000000, 7,  0x80000007, 455};
    return below(3) == 0 ? random_() : likely.at(below(likely.size()));
  }
  std::size_t below(std::size_t bound) { return random_() % bound; }
  template <typename T, std::size_t size>
  const T& one_of(const std::array<T, size>& choices) {
    return choices.at(below(size));
  }

 private:
  std::mt19937_64 random_{1};
};

WordSurroundings some_memory(Chance& chance, std::uint64_t address) {
  std::vector<std::uint32_t> words(chance.below(40));
  for (auto& word : words) word = static_cast<std::uint32_t>(chance.value());
  auto memory = test::memory_at(address - chance.below(80), words);
  memory.bytes.resize(memory.bytes.size() - std::min(memory.bytes.size(), chance.below(5)));
  return memory;
}

Task some_waiter(Chance& chance) {
  constexpr std::array functions{"pthread_mutex_lock",
                                 "pthread_rwlock_wrlock",
                                 "pthread_cond_wait",
                                 "pthread_join",
                                 "sem_wait",
                                 "malloc",
                                 "",
                                 "__lll_lock_wait",
                                 "std::sys::sync::mutex::futex::Mutex::lock_contended"};
  constexpr std::array<std::uint64_t, 6> addresses{0x7f0000001000, 0x7f0000001004, 0, 4,
                                                   ~0ULL,          0x7ffd00000010};
  constexpr std::array modules{"", "/lib/libc.so.6", "/lib/ld-musl-x86_64.so.1"};
  const auto address = chance.one_of(addresses);
  Task task = test::a_thread().in_futex(address, static_cast<std::uint32_t>(chance.value()),
                                        static_cast<int>(chance.value() & 0x1ff));
  for (auto& argument : *task.call->arguments) {
    if (chance.below(4) == 0) argument = chance.value();
  }
  if (chance.below(8) == 0) return task;
  task.user_side.emplace();
  for (auto frames = chance.below(4); frames > 0; --frames)
    task.user_side->stack.push_back({1, chance.one_of(functions), 0, chance.one_of(modules)});
  if (chance.below(4) != 0) task.user_side->word = some_memory(chance, address);
  for (auto pointed = chance.below(3); pointed > 0; --pointed)
    task.user_side->pointed.push_back(some_memory(chance, 0x7f0000002000));
  return task;
}

TEST(LockProperty, no_owner_is_named_unless_the_layout_is_certain) {
  Chance chance;
  unsigned locks = 0;
  unsigned owners = 0;
  for (unsigned round = 0; round < test::rounds(100'000); ++round) {
    const auto task = some_waiter(chance);
    (void)pi_mutex_candidates(task);
    for (const auto libc : {CLibrary::unknown, CLibrary::glibc, CLibrary::musl}) {
      const auto lock = lock_of(task, libc);
      if (!lock) continue;
      ++locks;
      if (!lock->owner) continue;
      ++owners;
      ASSERT_TRUE(lock->layout_certain);
      ASSERT_TRUE(has_holder(lock->kind));
      ASSERT_TRUE(lock->no_owner_reason.empty()) << lock->no_owner_reason;
      ASSERT_NE(*lock->owner, 0);
      ASSERT_FALSE(lock->owner_died);
    }
  }
  EXPECT_GT(locks, test::rounds(10'000));  // else nothing was tried
  EXPECT_GT(owners, test::rounds(500));
}

TEST(LockProperty, what_can_be_held_has_an_owner_or_says_why_not) {
  Chance chance;
  for (unsigned round = 0; round < test::rounds(100'000); ++round) {
    const auto lock = lock_of(some_waiter(chance), CLibrary::glibc);
    if (!lock || !has_holder(lock->kind)) continue;
    ASSERT_NE(lock->owner.has_value(), !lock->no_owner_reason.empty());
    ASSERT_FALSE(lock->type.empty());
  }
}

TEST(LockProperty, an_owner_is_one_that_the_kernel_can_have_named) {
  constexpr int largest = (4 << 20) - 1;  // pid_max at its greatest
  Chance chance;
  for (unsigned round = 0; round < test::rounds(100'000); ++round) {
    const auto task = some_waiter(chance);
    for (const auto libc : {CLibrary::glibc, CLibrary::musl}) {
      const auto lock = lock_of(task, libc);
      const auto owner = lock && lock->owner ? *lock->owner : 1;
      ASSERT_GT(owner, 0) << lock->type;
      ASSERT_LE(owner, largest) << lock->type;
    }
  }
}

}  // namespace
}  // namespace wedged
