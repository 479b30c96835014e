// SPDX-License-Identifier: Apache-2.0
// A thread crashes, its signal handler ends the thread instead of the process, and the process lives on
// without it. The first shape is that of Redis: the handler cancels and joins the background threads, its own
// included.
#include <signal.h>
#include <unistd.h>

#include <array>

#include "inject/mutexes.h"
#include "inject/stage.h"
#include "inject/variants.h"

namespace {

pthread_mutex_t bio_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t jobs_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t jobs = PTHREAD_COND_INITIALIZER;

}  // namespace

extern "C" {

// The thread never gets past the join: that is a cancellation point.
WEDGED_OWN_FRAME void crash_handler_that_joins(int) {
  pthread_cancel(pthread_self());
  pthread_join(pthread_self(), nullptr);
}

WEDGED_OWN_FRAME void crash_handler_that_exits(int) {
  pthread_exit(nullptr);
}

WEDGED_OWN_FRAME void failed_assertion() {
  volatile int* volatile nowhere = nullptr;  // a plain store that nobody reads would be optimised away
  *nowhere = 1;  // NOLINT(clang-analyzer-core.NullDereference): that is what is wanted
}

}  // extern "C"

namespace wedged::inject {
namespace {

void wait_for_jobs() {
  pthread_mutex_lock(&jobs_lock);
  for (;;) pthread_cond_wait(&jobs, &jobs_lock);
}

// Returns the id of the thread that has crashed; it held `bio_mutex`.
int crash(const Stage& stage, void (*handler)(int)) {
  for (const int number : {SIGSEGV, SIGABRT}) signal(number, handler);
  for (int i = 0; i < 3; ++i) await_asleep(start("io_thread", wait_for_jobs));
  const Thread doomed = start("bio_aof", [] {
    pthread_mutex_lock(&bio_mutex);
    sleep_for(std::chrono::milliseconds(100));
    failed_assertion();
  });
  stage.announce({getpid(), doomed.tid, 0, Awaited::to_be_gone(), {}});
  return doomed.tid;
}

void by_join(const Stage& stage) {
  crash(stage, crash_handler_that_joins);
  idle();
}

void by_exit(const Stage& stage) {
  crash(stage, crash_handler_that_exits);
  idle();
}

void and_then_missed(const Stage& stage) {
  const int owner = crash(stage, crash_handler_that_joins);
  sleep_for(std::chrono::seconds(3));
  start("submitter", [&stage, owner] {
    stage.about_to_wait(owner, "dead_owner");
    pthread_mutex_lock(&bio_mutex);
  });
  idle();
}

constexpr std::array variants{
    Variant{"join_self", "SIGSEGV; the handler cancels and joins its own thread, which held a mutex",
            by_join},
    Variant{"then_dead_owner", "the same, and after 3 s another thread wants that mutex", and_then_missed},
    Variant{"pthread_exit", "SIGSEGV; the handler calls pthread_exit", by_exit},
};

}  // namespace

std::span<const Variant> crashed_thread_variants() {
  return variants;
}

}  // namespace wedged::inject
