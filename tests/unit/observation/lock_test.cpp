// SPDX-License-Identifier: Apache-2.0
#include "observation/lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders.h"

namespace wedged {
namespace {

using test::a_mutex;
using test::a_thread;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t mutex = 0x7f0000001000;

Lock glibc(const Task& task) {
  return lock_of(task, CLibrary::glibc).value_or(Lock{});
}
Lock musl(const Task& task) {
  return lock_of(task, CLibrary::musl).value_or(Lock{});
}

TEST(Lock, a_mutex_is_told_with_everything_that_its_wait_and_memory_say) {
  const auto lock = glibc(a_thread().waiting_in_mutex(mutex, 7));
  EXPECT_EQ(lock.kind, LockKind::mutex);
  EXPECT_EQ(lock.address, mutex);
  EXPECT_EQ(lock.type, "normal mutex");
  EXPECT_EQ(lock.function, "___pthread_mutex_lock");
  EXPECT_TRUE(lock.process_private);
  EXPECT_FALSE(lock.has_timeout);
  EXPECT_TRUE(lock.layout_certain);
  EXPECT_EQ(lock.owner, 7);
  EXPECT_TRUE(glibc(a_thread().waiting_in_mutex(mutex, 7).with_timeout()).has_timeout);
}

TEST(Lock, there_is_none_outside_a_futex_wait) {
  EXPECT_FALSE(lock_of(a_thread(), CLibrary::glibc).has_value());
  EXPECT_FALSE(lock_of(a_thread().in_call(SYS_read), CLibrary::glibc).has_value());
  EXPECT_FALSE(lock_of(a_thread().in_futex(mutex, 1, FUTEX_WAKE), CLibrary::glibc).has_value());
}

TEST(Lock, without_a_user_side_nothing_is_said_and_why) {
  const auto unread = glibc(a_thread().in_futex(mutex, 2));
  EXPECT_EQ(unread.kind, LockKind::unknown);
  EXPECT_FALSE(unread.layout_certain);
  EXPECT_EQ(unread.no_owner_reason, "its user side was not read");
  const auto nameless = glibc(a_thread().in_futex(mutex, 2).in_function("").with_memory(a_mutex(mutex, 7)));
  EXPECT_EQ(nameless.kind, LockKind::unknown);
  EXPECT_EQ(nameless.no_owner_reason, "the function it waits in is not known");
}

TEST(Lock, a_mutex_whose_memory_or_library_is_unknown_has_no_owner) {
  EXPECT_EQ(glibc(a_thread().in_futex(mutex, 2).in_function("pthread_mutex_lock")).no_owner_reason,
            "its memory could not be read");
  Task task = a_thread()
                  .in_futex(mutex, 2)
                  .in_function("pthread_mutex_lock", "/opt/app")
                  .with_memory(a_mutex(mutex, 7));
  const auto lock = *lock_of(task, CLibrary::unknown);
  EXPECT_EQ(lock.kind, LockKind::mutex);
  EXPECT_FALSE(lock.owner.has_value());
  EXPECT_THAT(lock.no_owner_reason, HasSubstr("C library"));
}

class Module : public testing::TestWithParam<std::pair<std::string, bool>> {};
TEST_P(Module, tells_the_library_where_the_process_does_not) {
  const auto lock = lock_of(a_thread()
                                .in_futex(mutex, 2)
                                .in_function("pthread_mutex_lock", GetParam().first)
                                .with_memory(a_mutex(mutex, 7)),
                            CLibrary::unknown);
  EXPECT_EQ(lock->owner.has_value(), GetParam().second);
}
INSTANTIATE_TEST_SUITE_P(Lock, Module,
                         testing::Values(std::pair{"/lib/x86_64-linux-gnu/libc.so.6", true},
                                         std::pair{"/lib/libpthread.so.0", true},
                                         std::pair{"/lib/x86_64-linux-gnu/libc-2.31.so", true},
                                         std::pair{"/usr/lib/libcurl.so.4", false}, std::pair{"", false}));

TEST(Lock, musl_is_told_by_its_loader) {
  const auto words = test::object_at(mutex, {2, 0x80000007, 1});
  const auto lock = lock_of(a_thread()
                                .in_futex(mutex + 4, 0x80000007)
                                .in_function("pthread_mutex_lock", "/lib/ld-musl-x86_64.so.1")
                                .with_memory(words),
                            CLibrary::unknown);
  EXPECT_EQ(lock->owner, 7);
  EXPECT_EQ(lock->address, mutex);
}

TEST(Lock, a_condition_that_takes_its_mutex_back_waits_for_the_mutex) {
  const auto relock = [](std::uint32_t expected, int operation) {
    return a_thread()
        .in_futex(mutex, expected, operation)
        .in_function("pthread_cond_wait")
        .with_memory(a_mutex(mutex, 7));
  };
  EXPECT_EQ(glibc(relock(2, FUTEX_WAIT_PRIVATE)).kind, LockKind::mutex);
  EXPECT_EQ(glibc(relock(2, FUTEX_WAIT_PRIVATE)).owner, 7);
  EXPECT_EQ(glibc(relock(2, FUTEX_WAIT_BITSET_PRIVATE)).kind, LockKind::condition);
  EXPECT_EQ(glibc(relock(0, FUTEX_WAIT_PRIVATE)).kind, LockKind::condition);
  EXPECT_EQ(musl(relock(2, FUTEX_WAIT_PRIVATE)).kind, LockKind::condition);
  EXPECT_FALSE(musl(relock(2, FUTEX_WAIT_PRIVATE)).owner.has_value());
}

TEST(Lock, any_function_that_waits_as_glibcs_locks_do_is_in_a_plain_lock) {
  // Without debug symbols the function that waits has no name.
  for (const char* waiting : {"__lll_lock_wait_private", "__GI___lll_lock_wait", ""}) {
    const auto in_malloc = [&](std::uint32_t expected, int operation) {
      return glibc(
          a_thread().in_futex(mutex, expected, operation).in_function(waiting).in_function("malloc"));
    };
    EXPECT_EQ(in_malloc(2, FUTEX_WAIT_PRIVATE).kind, LockKind::plain_lock) << waiting;
    EXPECT_TRUE(in_malloc(2, FUTEX_WAIT_PRIVATE).layout_certain) << waiting;
    EXPECT_EQ(in_malloc(2, FUTEX_WAIT_PRIVATE).no_owner_reason, "such a lock has no owner field") << waiting;
    EXPECT_EQ(in_malloc(2, FUTEX_WAIT_BITSET_PRIVATE).kind, LockKind::unknown) << waiting;
    EXPECT_EQ(in_malloc(1, FUTEX_WAIT_PRIVATE).kind, LockKind::unknown) << waiting;
    EXPECT_FALSE(in_malloc(1, FUTEX_WAIT_PRIVATE).layout_certain) << waiting;
  }
}

TEST(Lock, a_word_of_the_programs_own_is_no_lock_that_we_know) {
  EXPECT_EQ(
      glibc(a_thread().in_futex(mutex, 2).in_function("syscall").in_function("wait_for_event", "/usr/bin/x"))
          .kind,
      LockKind::unknown);
  EXPECT_EQ(glibc(a_thread()
                      .in_futex(mutex, 2)
                      .in_function("", "/usr/bin/x")
                      .in_function("wait_for_event", "/usr/bin/x"))
                .kind,
            LockKind::unknown);
}

TEST(Lock, a_lock_of_rust_has_no_owner) {
  const auto lock =
      glibc(a_thread()
                .in_futex(mutex, 2, FUTEX_WAIT_BITSET_PRIVATE)
                .in_function("std::sys::sync::mutex::futex::Mutex::lock_contended", "/opt/app"));
  EXPECT_EQ(lock.kind, LockKind::plain_lock);
  EXPECT_EQ(lock.type, "lock of Rust");
  EXPECT_FALSE(lock.owner.has_value());
}

TEST(Lock, a_join_of_glibc_names_the_thread_and_one_of_musl_does_not) {
  EXPECT_EQ(glibc(a_thread().joining(11)).owner, 11);
  EXPECT_EQ(glibc(a_thread().joining(11)).kind, LockKind::join);
  EXPECT_FALSE(glibc(a_thread().joining(0)).owner.has_value());
  EXPECT_FALSE(musl(a_thread().in_futex(mutex, 1).in_function("pthread_join")).owner.has_value());
}

TEST(Lock, a_priority_inheriting_mutex_is_the_kernels_and_needs_no_function) {
  Task task =
      a_thread().in_futex(mutex, 0, FUTEX_LOCK_PI_PRIVATE).with_memory(test::object_at(mutex, {0x80000007}));
  const auto lock = *lock_of(task, CLibrary::unknown);
  EXPECT_EQ(lock.kind, LockKind::mutex);
  EXPECT_EQ(lock.owner, 7);
  EXPECT_TRUE(lock.layout_certain);
  task.user_side->stack.push_back({1, "pthread_mutex_lock", 0, ""});
  EXPECT_EQ(lock_of(task, CLibrary::unknown)->function, "pthread_mutex_lock");
  task.user_side.reset();
  EXPECT_EQ(lock_of(task, CLibrary::unknown)->no_owner_reason, "its memory could not be read");
}

TEST(Lock, what_nobody_can_own_has_no_owner_and_no_reason_for_it) {
  for (const char* function : {"pthread_cond_wait", "sem_wait", "pthread_barrier_wait", "pthread_once"}) {
    const auto lock =
        glibc(a_thread().in_futex(mutex, 0).in_function(function).with_memory(a_mutex(mutex, 7)));
    EXPECT_FALSE(has_holder(lock.kind)) << function;
    EXPECT_FALSE(lock.owner.has_value()) << function;
    EXPECT_THAT(lock.no_owner_reason, IsEmpty());
    EXPECT_EQ(lock.type, name_of(lock.kind));
  }
}

TEST(Lock, a_read_write_lock_of_musl_has_no_owner) {
  EXPECT_THAT(musl(a_thread()
                       .in_futex(mutex, 0xffffffff)
                       .in_function("pthread_rwlock_rdlock")
                       .with_memory(test::an_rwlock(mutex, 2 | 8, 7)))
                  .no_owner_reason,
              HasSubstr("C library"));
}

}  // namespace
}  // namespace wedged
