// SPDX-License-Identifier: Apache-2.0
// Every thread of a process waits to be woken by another one. There is no signal handler and no timer.
#include <pthread.h>
#include <semaphore.h>

#include <array>

#include "inject/stage.h"
#include "inject/variants.h"

namespace wedged::inject {
namespace {

constexpr int companions = 4;

void wait_for_job() {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static pthread_cond_t job = PTHREAD_COND_INITIALIZER;
  pthread_mutex_lock(&lock);
  for (;;) pthread_cond_wait(&job, &lock);
}

void wait_for_token() {
  static sem_t tokens;
  for (;;) sem_wait(&tokens);
}

void all_wait(const Stage& stage, void (*wait)()) {
  for (int i = 0; i < companions; ++i) await_asleep(start("worker", wait));
  stage.about_to_wait();
  wait();
}

constexpr std::array variants{
    Variant{"conditions", "all threads wait for a condition variable",
            [](const Stage& stage) { all_wait(stage, wait_for_job); }},
    Variant{"semaphore", "all threads wait for a semaphore",
            [](const Stage& stage) { all_wait(stage, wait_for_token); }},
};

}  // namespace

std::span<const Variant> no_waker_variants() {
  return variants;
}

}  // namespace wedged::inject
