// SPDX-License-Identifier: Apache-2.0
// A thread or process ends and has not given a lock back; somebody waits for it.
#include <linux/futex.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "inject/mutexes.h"
#include "inject/stage.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

pthread_mutex_t cache_lock;

// Returns the id of a thread that is no more and has locked `cache_lock`.
int forgetful_owner(
    const MutexKind& kind, void (*before_its_end)() = [] {}) {
  make(cache_lock, kind);
  const Thread owner = start("owner", [before_its_end] {
    pthread_mutex_lock(&cache_lock);
    before_its_end();
  });
  pthread_join(owner.handle, nullptr);
  await_gone(getpid(), owner.tid);
  return owner.tid;
}

WEDGED_OWN_FRAME void look_up_in_cache(const Stage& stage, int owner) {
  stage.about_to_wait(owner);
  pthread_mutex_lock(&cache_lock);
  asm volatile("");
}

void thread_died(const Stage& stage, const MutexKind& kind) {
  const int owner = forgetful_owner(kind);
  start("waiter", [&stage, owner] { look_up_in_cache(stage, owner); });
  idle();
}

// The kernel marks the robust mutexes of a thread that ends, if it knows of them: this one's list is another.
void robust_unknown_to_kernel(const Stage& stage) {
  const int owner = forgetful_owner(robust, [] {
    static robust_list_head nothing{{&nothing.list}, 0, nullptr};
    must(static_cast<int>(syscall(SYS_set_robust_list, &nothing, sizeof(nothing))), "set_robust_list");
  });
  start("waiter", [&stage, owner] { look_up_in_cache(stage, owner); });
  idle();
}

void process_died(const Stage& stage) {
  auto& lock = shared<pthread_mutex_t>();
  make(lock, process_shared);
  const int owner = start_process([&lock] { pthread_mutex_lock(&lock); });
  waitpid(owner, nullptr, 0);
  stage.about_to_wait(owner);
  pthread_mutex_lock(&lock);
}

// The leader of a process stays as a zombie until the last of its threads has ended.
void leader_left(const Stage& stage) {
  make(cache_lock, {});
  pthread_mutex_lock(&cache_lock);
  start("worker", [] { idle(); });
  start("waiter", [&stage] {
    await_gone(getpid(), getpid());
    look_up_in_cache(stage, getpid());
  });
  pthread_exit(nullptr);
}

constexpr std::array variants{
    Variant{"mutex", "a plain mutex", [](const Stage& stage) { thread_died(stage, {}); }},
    Variant{"recursive", "a recursive mutex", [](const Stage& stage) { thread_died(stage, recursive); }},
    Variant{"errorcheck", "an error-checking mutex",
            [](const Stage& stage) { thread_died(stage, errorcheck); }},
    Variant{"pi", "one that inherits priority, its owner gone before anyone waited: glibc sleeps for ever",
            [](const Stage& stage) { thread_died(stage, priority_inheriting); }},
    Variant{"robust_list_broken", "a robust mutex that the kernel was not told of", robust_unknown_to_kernel},
    Variant{"shared", "a process-shared mutex whose owner was a process", process_died},
    Variant{"leader", "the main thread called pthread_exit and held it", leader_left},
};

}  // namespace

std::span<const Variant> dead_owner_variants() {
  return variants;
}

}  // namespace wedged::inject
