// SPDX-License-Identifier: Apache-2.0
#include "observation/lock_layouts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders.h"

namespace wedged {
namespace {

using test::a_mutex;
using test::an_rwlock;
using test::memory_at;
using test::object_at;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t base = 0x7f0000001000;

template <typename Read>
Lock read_with(Read read, const WordSurroundings& memory, std::uint64_t address) {
  Lock lock;
  lock.address = address;
  read(memory, address, lock);
  return lock;
}

Lock glibc(const WordSurroundings& memory) {
  return read_with(read_glibc_mutex, memory, base);
}
Lock musl(const std::vector<std::uint32_t>& words) {
  return read_with(read_musl_mutex, object_at(base - 4, words), base);
}

struct Glibc {
  std::uint32_t kind;
  const char* type;
  bool robust, recursive;
};
void PrintTo(const Glibc& glibc, std::ostream* out) {
  *out << glibc.type << ", kind " << glibc.kind;
}

class GlibcMutex : public testing::TestWithParam<Glibc> {};
TEST_P(GlibcMutex, tells_its_type_and_owner) {
  const auto lock = glibc(a_mutex(base, 4711, GetParam().kind));
  EXPECT_EQ(lock.type, GetParam().type);
  EXPECT_EQ(lock.robust, GetParam().robust);
  EXPECT_EQ(lock.recursive, GetParam().recursive);
  EXPECT_EQ(lock.owner, 4711);
  EXPECT_THAT(lock.no_owner_reason, IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(
    LockLayouts, GlibcMutex,
    testing::Values(Glibc{0, "normal mutex", false, false}, Glibc{1, "recursive mutex", false, true},
                    Glibc{2, "errorcheck mutex", false, false}, Glibc{3, "adaptive mutex", false, false},
                    Glibc{0x10, "normal robust mutex", true, false},
                    Glibc{0x31, "recursive robust priority-inheriting mutex", true, true},
                    Glibc{0x40, "normal priority-protected mutex", false, false},
                    Glibc{0x80, "normal mutex", false, false}, Glibc{0x100, "normal mutex", false, false},
                    Glibc{0x200, "normal mutex", false, false}));

TEST(LockLayouts, a_robust_mutex_has_its_owner_in_the_word_and_nowhere_else) {
  EXPECT_EQ(glibc(object_at(base, {0x80000007, 1, 99, 1, 0x10})).owner, 7);
  EXPECT_EQ(glibc(object_at(base, {2, 1, 99, 1, 0})).owner, 99);
}

TEST(LockLayouts, nobody_has_a_free_mutex_or_one_whose_owner_is_not_recorded_yet) {
  EXPECT_EQ(glibc(object_at(base, {0, 0, 99, 1, 0})).no_owner_reason, "it is free at this moment");
  EXPECT_EQ(glibc(object_at(base, {2, 0, 0, 1, 0})).no_owner_reason, "no owner was recorded at that moment");
  EXPECT_FALSE(glibc(object_at(base, {0, 0, 99, 1, 0})).owner.has_value());
}

TEST(LockLayouts, a_number_that_no_thread_can_have_is_no_owner) {
  constexpr std::uint32_t pid_max = 4U << 20;
  EXPECT_EQ(glibc(object_at(base, {2, 1, pid_max - 1, 1, 0})).owner, (4 << 20) - 1);
  EXPECT_EQ(glibc(object_at(base, {2, 1, pid_max, 1, 0})).no_owner_reason,
            "what is recorded as its owner is no thread id");
  EXPECT_FALSE(read_with(read_glibc_rwlock, an_rwlock(base, 2 | 8, 4 << 20), base + 8).owner.has_value());
}

TEST(LockLayouts, what_is_no_mutex_of_glibc_has_no_owner) {
  for (const std::uint32_t kind : {4U, 8U, 0x400U, 0x80000000U, 0xffffffffU}) {
    EXPECT_FALSE(glibc(a_mutex(base, 7, kind)).owner.has_value()) << kind;
    EXPECT_THAT(glibc(a_mutex(base, 7, kind)).no_owner_reason, HasSubstr("does not look like a mutex"));
  }
}

TEST(LockLayouts, a_mutex_of_musl_tells_its_owner_unless_it_is_a_normal_one) {
  EXPECT_EQ(musl({0, 0x80000010, 1}).type, "normal mutex");
  EXPECT_FALSE(musl({0, 0x80000010, 1}).owner.has_value());
  EXPECT_FALSE(musl({0x80, 0x80000010, 1}).owner.has_value());  // shared
  EXPECT_EQ(musl({1, 0x80000007, 1}).owner, 7);
  EXPECT_TRUE(musl({1, 7, 1}).recursive);
  EXPECT_EQ(musl({2, 7, 1}).type, "errorcheck mutex");
  EXPECT_TRUE(musl({4, 7, 1}).robust);
  EXPECT_EQ(musl({8, 7, 1}).owner, 7);  // priority-inheriting
  EXPECT_EQ(musl({2, 7, 1}).address, base - 4);
  EXPECT_THAT(musl({0x10, 7, 1}).no_owner_reason, HasSubstr("does not look like"));
}

TEST(LockLayouts, a_mutex_of_musl_says_that_its_owner_died) {
  EXPECT_TRUE(musl({2, 0xc0000000, 1}).owner_died);
  EXPECT_FALSE(musl({2, 0xc0000000, 1}).owner.has_value());
  EXPECT_FALSE(musl({2, 0x80000000, 1}).owner_died);
  EXPECT_FALSE(musl({2, 0xc0000007, 1}).owner_died);
}

TEST(LockLayouts, an_rwlock_is_found_from_each_word_that_one_sleeps_on) {
  for (const std::uint64_t offset : {0U, 8U, 12U}) {
    const auto lock = read_with(read_glibc_rwlock, an_rwlock(base, 2 | 4 | 8, 7), base + offset);
    EXPECT_EQ(lock.owner, 7) << offset;
    EXPECT_EQ(lock.address, base) << offset;
  }
}

TEST(LockLayouts, readers_of_an_rwlock_are_counted_and_not_named) {
  const auto reason = [](std::uint32_t readers, int writer) {
    const auto lock = read_with(read_glibc_rwlock, an_rwlock(base, readers, writer), base + 8);
    EXPECT_FALSE(lock.owner.has_value());
    return lock.no_owner_reason;
  };
  EXPECT_THAT(reason(8, 0), HasSubstr("held by 1 reader;"));
  EXPECT_THAT(reason(24 | 1, 0), HasSubstr("held by 3 readers;"));
  EXPECT_THAT(reason(8, 7), HasSubstr("held by 1 reader;"));  // a writer that is gone
  EXPECT_THAT(reason(2, 0), HasSubstr("held by 0 readers;"));
}

TEST(LockLayouts, nobody_sleeps_on_the_readers_of_an_rwlock_unless_they_are_told_to_wait) {
  const auto lock = read_with(read_glibc_rwlock, an_rwlock(base, 2 | 8, 7), base);
  EXPECT_THAT(lock.no_owner_reason, HasSubstr("does not look like"));
}

TEST(LockLayouts, an_rwlock_that_may_begin_in_two_places_has_no_owner) {
  const auto lock = read_with(read_glibc_rwlock, object_at(base, {8, 2, 2, 3, 0, 0, 0, 0}), base + 12);
  EXPECT_THAT(lock.no_owner_reason, HasSubstr("cannot be told for certain"));
  EXPECT_EQ(lock.address, base + 12);
}

TEST(LockLayouts, what_is_no_rwlock_has_no_owner) {
  for (const std::size_t broken : {2U, 3U, 4U, 5U, 6U, 7U}) {
    auto memory = an_rwlock(base, 2 | 8, 7);
    memory.bytes.at(test::in_front + broken * 4 + 3) = 0xff;
    EXPECT_THAT(read_with(read_glibc_rwlock, memory, base + 8).no_owner_reason,
                HasSubstr("does not look like"))
        << broken;
  }
}

TEST(LockLayouts, the_kernels_word_tells_the_owner_of_any_library) {
  const auto pi = [](std::uint32_t word) { return read_with(read_pi_word, object_at(base, {word}), base); };
  EXPECT_EQ(pi(0x80000007).owner, 7);
  EXPECT_EQ(pi(7).owner, 7);
  EXPECT_EQ(pi(0).no_owner_reason, "it is free at this moment");
  EXPECT_EQ(pi(0x80000000).no_owner_reason, "no owner was recorded at that moment");
}

TEST(LockLayouts, a_word_is_read_where_all_four_bytes_are) {
  const auto memory = memory_at(base, {1, 2});
  EXPECT_EQ(word_at(memory, base), 1U);
  EXPECT_EQ(word_at(memory, base + 4), 2U);
  for (const std::uint64_t outside : {base - 1, base + 5, base + 8, std::uint64_t{0}, ~std::uint64_t{0}})
    EXPECT_FALSE(word_at(memory, outside).has_value()) << outside;
}

TEST(LockLayouts, a_window_cut_anywhere_names_the_owner_or_nobody) {
  const auto whole = a_mutex(base, 7);
  const auto rwlock = an_rwlock(base, 2 | 8, 7);
  for (std::size_t front = 0; front <= whole.bytes.size(); ++front) {
    for (std::size_t back = front; back <= whole.bytes.size(); ++back) {
      const auto cut = [&](const WordSurroundings& memory) {
        const auto at = memory.bytes.begin();
        return WordSurroundings{
            memory.begin + front,
            {at + static_cast<std::ptrdiff_t>(front), at + static_cast<std::ptrdiff_t>(back)}};
      };
      const auto mutex_begin = test::in_front;
      const bool mutex_whole = front <= mutex_begin && back >= mutex_begin + 20;
      ASSERT_EQ(glibc(cut(whole)).owner.has_value(), mutex_whole) << front << ' ' << back;
      const auto lock = read_with(read_glibc_rwlock, cut(rwlock), base + 8);
      ASSERT_EQ(lock.owner.has_value(), front <= mutex_begin && back >= mutex_begin + 32)
          << front << ' ' << back;
      (void)read_with(read_musl_mutex, cut(whole), base + 4);
      (void)read_with(read_pi_word, cut(whole), base);
    }
  }
}

TEST(LockLayouts, addresses_at_both_ends_of_memory_are_survived) {
  for (const std::uint64_t address : {0ULL, 3ULL, 8ULL, 12ULL, ~0ULL, ~0ULL - 3, ~0ULL - 16}) {
    for (const std::uint64_t begin : {std::uint64_t{0}, address, address - 64, ~std::uint64_t{0} - 20}) {
      const auto memory = memory_at(begin, std::vector<std::uint32_t>(36, 1));
      (void)read_with(read_glibc_mutex, memory, address);
      (void)read_with(read_musl_mutex, memory, address);
      (void)read_with(read_glibc_rwlock, memory, address);
      EXPECT_EQ(word_at(memory, address).has_value(), address >= begin && address - begin <= 140);
    }
  }
}

}  // namespace
}  // namespace wedged
