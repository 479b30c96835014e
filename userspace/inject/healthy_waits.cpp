// SPDX-License-Identifier: Apache-2.0
#include "inject/healthy_waits.h"

#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

namespace wedged::inject {
namespace {

sem_t tokens;
thread_local sigjmp_buf way_out;
thread_local bool has_way_out = false;
void* broken_page = nullptr;
std::size_t page_size = 0;

void survive(int) {
  if (has_way_out) siglongjmp(way_out, 1);
  mprotect(broken_page, page_size, PROT_READ | PROT_WRITE);
}

void touch(void* place) {
  *static_cast<volatile char*>(place) = 1;
}

void* unusable_page() {
  return mmap(nullptr, page_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

[[noreturn]] void jump_out() {
  void* const page = unusable_page();
  has_way_out = true;
  for (;;) {
    if (sigsetjmp(way_out, 1) == 0) touch(page);
    sleep_for(std::chrono::milliseconds(50));
  }
}

[[noreturn]] void mend_and_return() {
  for (;;) {
    touch(broken_page);
    mprotect(broken_page, page_size, PROT_NONE);
    sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace

void compute_a_little() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
  while (std::chrono::steady_clock::now() < end) asm volatile("");
  sleep_for(std::chrono::milliseconds(48));
}

void pool(const Stage& stage) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static pthread_cond_t job = PTHREAD_COND_INITIALIZER;
  for (int i = 0; i < 16; ++i) {
    await_asleep(start("worker", [] {
      pthread_mutex_lock(&lock);
      for (;;) pthread_cond_wait(&job, &lock);
    }));
  }
  stage.announce_healthy();
  for (;;) pause();
}

void join_long_worker(const Stage& stage) {
  const Thread worker = start("worker", [] {
    for (;;) compute_a_little();
  });
  stage.announce_healthy();
  pthread_join(worker.handle, nullptr);
}

void semaphore_idle(const Stage& stage) {
  signal(SIGTERM, [](int) { sem_post(&tokens); });
  const auto wait = [] {
    for (;;) sem_wait(&tokens);
  };
  for (int i = 0; i < 3; ++i) await_asleep(start("worker", wait));
  stage.announce_healthy();
  wait();
}

void survive_signals(const Stage& stage) {
  page_size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  broken_page = unusable_page();
  signal(SIGSEGV, survive);
  start("jumper", jump_out);
  start("mender", mend_and_return);
  stage.announce_healthy();
  idle();
}

void forked_idle(const Stage& stage) {
  auto& jobs = shared<sem_t>();
  sem_init(&jobs, 1, 0);
  start("thread", idle);
  start_process([&stage, &jobs] {
    stage.announce_healthy();
    for (;;) sem_wait(&jobs);
  });
  idle();
}

}  // namespace wedged::inject
