// SPDX-License-Identifier: Apache-2.0
#include "futex_waits.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <ctime>
#include <thread>

#include "kernel_test.h"
#include "proc_task.h"

namespace wedged::test {
namespace {

constexpr long futex_wait_number = 455;  // the same on all architectures; not in Debian 12's headers
constexpr unsigned size_u32 = 2;         // FUTEX2_SIZE_U32

std::uint32_t load(std::uint32_t& word) {
  return std::atomic_ref(word).load();
}

void wait_once(WaitKind kind, std::uint32_t* word, std::uint32_t value) {
  const timespec hours{1'000'000, 0};
  switch (kind) {
    case WaitKind::endless: syscall(SYS_futex, word, FUTEX_WAIT, value, nullptr, nullptr, 0); break;
    case WaitKind::with_timeout: syscall(SYS_futex, word, FUTEX_WAIT, value, &hours, nullptr, 0); break;
    case WaitKind::futex_wait:
      syscall(futex_wait_number, word, value, ~0U, size_u32, nullptr, CLOCK_MONOTONIC);
      break;
    case WaitKind::futex_wait_with_timeout:
      syscall(futex_wait_number, word, value, ~0U, size_u32, &hours, CLOCK_MONOTONIC);
      break;
  }
}

long number_of(WaitKind kind) {
  const bool second = kind == WaitKind::futex_wait || kind == WaitKind::futex_wait_with_timeout;
  return second ? futex_wait_number : SYS_futex;
}

}  // namespace

FutexWaits::FutexWaits(std::vector<WaitKind> kinds, bool leader_exits) : kinds_(std::move(kinds)) {
  auto* words = &*words_;
  child_ = std::make_unique<Child>([this, words, leader_exits](const Line& line) {
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      std::thread([this, words, i] {
        std::atomic_ref(words->tids[i]).store(gettid());
        while (load(words->go) == 0) wait_once(WaitKind::endless, &words->go, 0);
        for (std::uint32_t round = 0;; round = load(words->words[i])) {
          std::atomic_ref(words->rounds[i]).store(round + 1);
          wait_once(kinds_[i], &words->words[i], round);
        }
      }).detach();
    }
    line.say();
    if (leader_exits) syscall(SYS_exit, 0);
    return line.hear() ? 0 : 1;
  });
  child_->hear();
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    await("a thread", [&] { return std::atomic_ref(words->tids[i]).load() != 0; });
    tids_.push_back(words->tids[i]);
    await_call(pid(), tids_[i], SYS_futex);
  }
}

void FutexWaits::await_asleep(std::size_t which) const {
  await("the beginning of a wait",
        [&] { return load(words_->rounds[which]) == load(words_->words[which]) + 1; });
  await_call(pid(), tids_[which], number_of(kinds_[which]));
}

void FutexWaits::begin() {
  std::atomic_ref(words_->go).store(1);
  must(static_cast<int>(syscall(SYS_futex, &words_->go, FUTEX_WAKE, INT32_MAX, nullptr, nullptr, 0)), "wake");
  for (std::size_t i = 0; i < kinds_.size(); ++i) await_asleep(i);
}

void FutexWaits::wake(std::size_t which) {
  std::atomic_ref(words_->words[which]).fetch_add(1);
  must(static_cast<int>(syscall(SYS_futex, &words_->words[which], FUTEX_WAKE, 1, nullptr, nullptr, 0)),
       "wake");
  await_asleep(which);
}

bool kernel_has_futex_wait() {
  std::uint32_t word = 0;
  return syscall(futex_wait_number, &word, 1, ~0U, size_u32, nullptr, CLOCK_MONOTONIC) < 0 && errno != ENOSYS;
}

}  // namespace wedged::test
