// SPDX-License-Identifier: Apache-2.0
// Processes that look stuck and are not: what a monitor must never flag. Those that hold and wait for locks;
// healthy_waits.cpp and healthy_loops.cpp have the others.
#include <pthread.h>
#include <unistd.h>

#include <array>

#include "inject/healthy_loops.h"
#include "inject/healthy_waits.h"
#include "inject/mutexes.h"
#include "inject/stage.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

pthread_mutex_t busy_lock;
pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;

// They wait for longer than any threshold, and their holder works.
void mutex_held_long(const Stage& stage) {
  static Gate held;
  start("holder", [] {
    pthread_mutex_lock(&busy_lock);
    held.open();
    for (;;) compute_a_little();
  });
  held.pass();
  for (int i = 0; i < 3; ++i) await_asleep(start("waiter", [] { pthread_mutex_lock(&busy_lock); }));
  stage.announce_healthy();
  idle();
}

void rwlock_readers(const Stage& stage) {
  constexpr std::size_t readers = 3;
  static Tally reading;
  for (std::size_t i = 0; i < readers; ++i) {
    start("reader", [] {
      pthread_rwlock_rdlock(&table_lock);
      reading.add();
      for (;;) compute_a_little();
    });
  }
  reading.await(readers);
  for (int i = 0; i < 2; ++i) await_asleep(start("writer", [] { pthread_rwlock_wrlock(&table_lock); }));
  stage.announce_healthy();
  idle();
}

// Each waits for longer than a short threshold, and gets its turn.
void pi_contention(const Stage& stage) {
  make(busy_lock, priority_inheriting);
  for (int i = 0; i < 12; ++i) {
    start("contender", [] {
      for (;;) {
        pthread_mutex_lock(&busy_lock);
        for (int turns = 0; turns < 8; ++turns) compute_a_little();
        pthread_mutex_unlock(&busy_lock);
        sleep_for(std::chrono::milliseconds(1));
      }
    });
  }
  stage.announce_healthy();
  idle();
}

timespec in_an_hour() {
  timespec at{};
  clock_gettime(CLOCK_REALTIME, &at);
  at.tv_sec += 3600;
  return at;
}

// Waits that can end by themselves, short ones in a loop and long ones; the holder of the lock is gone for
// good.
void timed(const Stage& stage) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  const Thread owner = start("owner", [] { pthread_mutex_lock(&busy_lock); });
  pthread_join(owner.handle, nullptr);
  start("long timedlock", [] {
    const timespec end = in_an_hour();
    pthread_mutex_timedlock(&busy_lock, &end);
  });
  start("timedlock", [] {
    for (;;) {
      timespec end{};
      clock_gettime(CLOCK_REALTIME, &end);
      end.tv_sec += 1;
      pthread_mutex_timedlock(&busy_lock, &end);
    }
  });
  stage.announce_healthy();
  pthread_mutex_lock(&lock);
  for (;;) {
    const timespec end = in_an_hour();
    pthread_cond_timedwait(&never, &lock, &end);
  }
}

constexpr std::array variants{
    Variant{"pool", "16 threads wait for work, the main thread for a signal", pool},
    Variant{"join_long_worker", "the main thread waits for the end of a thread that works", join_long_worker},
    Variant{"semaphore_idle", "all threads wait for a semaphore that a signal handler posts", semaphore_idle},
    Variant{"rwlock_readers", "two writers wait for three readers that work", rwlock_readers},
    Variant{"mutex_held_long", "three threads wait for one that works under a mutex", mutex_held_long},
    Variant{"pi_contention", "twelve threads in turn under a mutex that inherits priority", pi_contention},
    Variant{"jmp", "threads that survive SIGSEGV: by siglongjmp, by mending the page", survive_signals},
    Variant{"timed", "waits with a time limit, short and long, for a lock whose owner is gone", timed},
    Variant{"forked_idle", "forked from several threads; waits for a semaphore of its parent", forked_idle},
    Variant{"timer_loop", "an event loop with a timer of 1 ms", timer_loop},
    Variant{"busy_receiver", "receives datagrams without ever sleeping", busy_receiver},
    Variant{"edge_triggered", "epoll: an eventfd that a thread writes to all the time and nobody has to read",
            edge_triggered},
    Variant{"handing_over", "an event loop that gives all work to other threads, at full speed",
            handing_over},
    Variant{"one_shot", "the same with EPOLLONESHOT: the loop itself does nothing but wait", one_shot},
    Variant{"busy_wait", "waits for events without ever sleeping", busy_wait},
};

}  // namespace

std::span<const Variant> healthy_variants() {
  return variants;
}

}  // namespace wedged::inject
