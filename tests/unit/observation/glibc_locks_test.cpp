// SPDX-License-Identifier: Apache-2.0
// The layouts against this machine's own C library: real locks, taken by this thread, tell what is in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <memory>

#include "observation/lock_layouts.h"
#include "support/builders.h"

#ifdef __GLIBC__
namespace wedged {
namespace {

using test::a_thread;
using testing::HasSubstr;

int own_tid() {
  return static_cast<int>(gettid());
}

template <typename Object>
WordSurroundings memory_of(const Object& object) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&object);
  return {reinterpret_cast<std::uint64_t>(bytes), {bytes, bytes + sizeof(object)}};
}

struct Kind {
  int type, robust, protocol, shared;
  const char* name;
};

void PrintTo(const Kind& kind, std::ostream* out) {
  *out << kind.name << (kind.shared == PTHREAD_PROCESS_SHARED ? ", shared" : "");
}

class Mutex {
 public:
  explicit Mutex(const Kind& kind) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, kind.type);
    pthread_mutexattr_setrobust(&attributes, kind.robust);
    pthread_mutexattr_setprotocol(&attributes, kind.protocol);
    pthread_mutexattr_setpshared(&attributes, kind.shared);
    pthread_mutex_init(&mutex_, &attributes);
    pthread_mutexattr_destroy(&attributes);
  }
  ~Mutex() { pthread_mutex_destroy(&mutex_); }
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  [[nodiscard]] int lock() { return pthread_mutex_lock(&mutex_); }
  void unlock() { pthread_mutex_unlock(&mutex_); }
  [[nodiscard]] WordSurroundings memory() const { return memory_of(mutex_); }
  [[nodiscard]] Lock read() const {
    Lock lock;
    read_glibc_mutex(memory(), memory().begin, lock);
    return lock;
  }

 private:
  pthread_mutex_t mutex_{};
};

class GlibcLock : public testing::TestWithParam<Kind> {};

TEST_P(GlibcLock, tells_type_and_owner_while_it_is_held) {
  Mutex mutex(GetParam());
  EXPECT_EQ(mutex.read().no_owner_reason, "it is free at this moment");
  ASSERT_EQ(mutex.lock(), 0);
  const auto lock = mutex.read();
  EXPECT_EQ(lock.owner, own_tid());
  EXPECT_EQ(lock.type, GetParam().name);
  EXPECT_EQ(lock.robust, GetParam().robust == PTHREAD_MUTEX_ROBUST);
  EXPECT_EQ(lock.recursive, GetParam().type == PTHREAD_MUTEX_RECURSIVE);
  mutex.unlock();
  EXPECT_FALSE(mutex.read().owner.has_value());
}

TEST_P(GlibcLock, is_found_by_what_points_to_it_if_it_inherits_priority) {
  Mutex mutex(GetParam());
  ASSERT_EQ(mutex.lock(), 0);
  auto memory = mutex.memory();
  memory.bytes.insert(memory.bytes.begin(), test::in_front, 0);
  memory.begin -= test::in_front;
  Lock lock;
  find_glibc_pi_mutex({memory}, lock);
  EXPECT_EQ(lock.owner.has_value(), GetParam().protocol == PTHREAD_PRIO_INHERIT);
  mutex.unlock();
}

constexpr int none = PTHREAD_PRIO_NONE;
constexpr int inherit = PTHREAD_PRIO_INHERIT;
constexpr int stalled = PTHREAD_MUTEX_STALLED;
constexpr int robust = PTHREAD_MUTEX_ROBUST;
constexpr int one = PTHREAD_PROCESS_PRIVATE;
constexpr int shared = PTHREAD_PROCESS_SHARED;
INSTANTIATE_TEST_SUITE_P(
    GlibcLocks, GlibcLock,
    testing::Values(
        Kind{PTHREAD_MUTEX_NORMAL, stalled, none, one, "normal mutex"},
        Kind{PTHREAD_MUTEX_RECURSIVE, stalled, none, one, "recursive mutex"},
        Kind{PTHREAD_MUTEX_ERRORCHECK, stalled, none, one, "errorcheck mutex"},
        Kind{PTHREAD_MUTEX_ADAPTIVE_NP, stalled, none, one, "adaptive mutex"},
        Kind{PTHREAD_MUTEX_NORMAL, stalled, none, shared, "normal mutex"},
        Kind{PTHREAD_MUTEX_NORMAL, robust, none, shared, "normal robust mutex"},
        Kind{PTHREAD_MUTEX_RECURSIVE, robust, none, one, "recursive robust mutex"},
        Kind{PTHREAD_MUTEX_NORMAL, stalled, inherit, one, "normal priority-inheriting mutex"},
        Kind{PTHREAD_MUTEX_ERRORCHECK, stalled, inherit, one, "errorcheck priority-inheriting mutex"},
        Kind{PTHREAD_MUTEX_NORMAL, robust, inherit, shared, "normal robust priority-inheriting mutex"}));

TEST(GlibcLocks, a_recursive_mutex_that_is_held_twice_has_one_owner) {
  Mutex mutex({PTHREAD_MUTEX_RECURSIVE, stalled, none, one, ""});
  ASSERT_EQ(mutex.lock() + mutex.lock(), 0);
  EXPECT_EQ(mutex.read().owner, own_tid());
  mutex.unlock();
  EXPECT_EQ(mutex.read().owner, own_tid());
  mutex.unlock();
}

TEST(GlibcLocks, a_destroyed_mutex_is_none) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_destroy(&mutex);
  Lock lock;
  read_glibc_mutex(memory_of(mutex), memory_of(mutex).begin, lock);
  EXPECT_THAT(lock.no_owner_reason, HasSubstr("does not look like"));
}

Lock read_rwlock(const pthread_rwlock_t& rwlock) {
  constexpr std::uint64_t wrphase_futex = 8;
  Lock lock;
  read_glibc_rwlock(memory_of(rwlock), memory_of(rwlock).begin + wrphase_futex, lock);
  return lock;
}

TEST(GlibcLocks, an_rwlock_names_its_writer_and_counts_its_readers) {
  pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
  ASSERT_EQ(pthread_rwlock_wrlock(&rwlock), 0);
  EXPECT_EQ(read_rwlock(rwlock).owner, own_tid());
  EXPECT_EQ(read_rwlock(rwlock).address, memory_of(rwlock).begin);
  pthread_rwlock_unlock(&rwlock);
  ASSERT_EQ(pthread_rwlock_rdlock(&rwlock) + pthread_rwlock_rdlock(&rwlock), 0);
  EXPECT_FALSE(read_rwlock(rwlock).owner.has_value());
  EXPECT_THAT(read_rwlock(rwlock).no_owner_reason, HasSubstr("held by 2 readers"));
  pthread_rwlock_unlock(&rwlock);
  pthread_rwlock_unlock(&rwlock);
  EXPECT_FALSE(read_rwlock(rwlock).owner.has_value());
  pthread_rwlock_destroy(&rwlock);
}

}  // namespace
}  // namespace wedged
#endif
