// SPDX-License-Identifier: Apache-2.0
// A thread locks what it holds already. The shape is that of memcached 1.4.6 at its limit of connections: a
// handler that is called under the lock calls the function that takes it.
#include <array>

#include "inject/mutexes.h"
#include "inject/stage.h"
#include "inject/variants.h"

namespace {
pthread_mutex_t conn_lock;
}

extern "C" {

void maxconns_handler();

WEDGED_OWN_FRAME void accept_new_conns(bool do_accept) {
  pthread_mutex_lock(&conn_lock);
  if (!do_accept) maxconns_handler();
  pthread_mutex_unlock(&conn_lock);
}

WEDGED_OWN_FRAME void maxconns_handler() {
  accept_new_conns(true);
  asm volatile("");  // else the call would be a jump, and this function in no stack
}

}  // extern "C"

namespace wedged::inject {
namespace {

void lock_twice(const Stage& stage, const MutexKind& kind) {
  make(conn_lock, kind);
  start("worker", [] { idle(); });
  stage.about_to_wait(own_tid());
  accept_new_conns(false);
}

constexpr std::array variants{
    Variant{"mutex", "a plain mutex locked twice by the main thread; another thread waits for events",
            [](const Stage& stage) { lock_twice(stage, {}); }},
    Variant{"adaptive", "the same with an adaptive mutex",
            [](const Stage& stage) { lock_twice(stage, adaptive); }},
    Variant{"shared", "the same with a process-shared mutex",
            [](const Stage& stage) { lock_twice(stage, process_shared); }},
    Variant{"pi", "the same with one that inherits priority: the kernel refuses, glibc sleeps for ever",
            [](const Stage& stage) { lock_twice(stage, priority_inheriting); }},
    Variant{"robust", "the same with a robust mutex", [](const Stage& stage) { lock_twice(stage, robust); }},
};

}  // namespace

std::span<const Variant> self_deadlock_variants() {
  return variants;
}

}  // namespace wedged::inject
