// SPDX-License-Identifier: Apache-2.0
// Threads that wait for each other in a circle. The first of them is the one that is told; what it waits for
// belongs to the second.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "inject/mutexes.h"
#include "inject/stage.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

constexpr std::size_t greatest_ring = 5;
std::array<pthread_mutex_t, greatest_ring> accounts;
std::array<pthread_rwlock_t, 2> tables;

void lock_account(std::size_t at) {
  pthread_mutex_lock(&accounts[at]);
}
void write_table(std::size_t at) {
  pthread_rwlock_wrlock(&tables[at]);
}

WEDGED_OWN_FRAME void transfer(std::size_t from, std::size_t to, Tally& holders, std::size_t all,
                               void (*take)(std::size_t)) {
  take(from);
  holders.add();
  holders.await(all);
  take(to);
  asm volatile("");
}

// Each thread holds its lock before one of them takes the next.
void ring(const Stage& stage, std::size_t size, void (*take)(std::size_t)) {
  static Tally holders;
  std::vector<Thread> threads;
  for (std::size_t at = 0; at < size; ++at)
    threads.push_back(start("transfer", [=] { transfer(at, (at + 1) % size, holders, size, take); }));
  for (const Thread& thread : threads) await_asleep(thread);
  stage.announce({getpid(), threads[0].tid, threads[1].tid, Awaited::in_call(SYS_futex), {}});
  idle();
}

void mutexes(const Stage& stage, std::size_t size) {
  for (pthread_mutex_t& account : accounts) make(account, {});
  ring(stage, size, lock_account);
}

void rwlocks(const Stage& stage) {
  for (pthread_rwlock_t& table : tables) pthread_rwlock_init(&table, nullptr);
  ring(stage, tables.size(), write_table);
}

void two_processes(const Stage& stage) {
  auto& locks = shared<std::array<pthread_mutex_t, 2>>();
  auto& other_holds = shared<Gate>();
  for (pthread_mutex_t& lock : locks) make(lock, process_shared);
  pthread_mutex_lock(&locks[0]);
  const int other = start_process([&locks, &other_holds] {
    pthread_mutex_lock(&locks[1]);
    other_holds.open();
    pthread_mutex_lock(&locks[0]);
  });
  other_holds.pass();
  await_asleep(other, other);
  stage.about_to_wait(other);
  pthread_mutex_lock(&locks[1]);
}

void join_the_waiter(const Stage& stage) {
  static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
  start("stopper", [&stage] {
    pthread_mutex_lock(&queue_lock);
    const Thread worker = start("worker", [] { pthread_mutex_lock(&queue_lock); });
    await_asleep(worker);
    stage.about_to_wait(worker.tid);
    pthread_join(worker.handle, nullptr);
  });
  idle();
}

// The parent waits in the kernel for its child, and the child for the lock that its parent holds.
void wait_for_the_child(const Stage& stage) {
  auto& spool = shared<pthread_mutex_t>();
  make(spool, process_shared);
  pthread_mutex_lock(&spool);
  const int child = start_process([&spool] { pthread_mutex_lock(&spool); });
  await_asleep(child, child);
  stage.announce({getpid(), own_tid(), child, Awaited::in_call(SYS_wait4), {}});
  waitpid(child, nullptr, 0);
}

constexpr std::array variants{
    Variant{"two", "two threads, two mutexes", [](const Stage& stage) { mutexes(stage, 2); }},
    Variant{"five", "five threads, five mutexes", [](const Stage& stage) { mutexes(stage, 5); }},
    Variant{"shared", "two processes, two mutexes in memory they share", two_processes},
    Variant{"join", "a thread waits for the end of one that waits for its mutex", join_the_waiter},
    Variant{"rwlock", "two threads, two read-write locks held for writing", rwlocks},
    Variant{"wait", "a process waits for the end of its child, which waits for its mutex",
            wait_for_the_child},
};

}  // namespace

std::span<const Variant> lock_cycle_variants() {
  return variants;
}

}  // namespace wedged::inject
