// SPDX-License-Identifier: Apache-2.0
#include "web/password_thread.h"

#include <sys/resource.h>

#include <utility>

#include "web/bcrypt.h"

namespace wedged {

PasswordThread::PasswordThread(std::function<void()> wake)
    : wake_(std::move(wake)), thread_([this] { run(); }) {}

PasswordThread::~PasswordThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  news_.notify_one();
  thread_.join();
}

bool PasswordThread::submit(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_waiting) return false;
    waiting_.push_back(std::move(task));
  }
  news_.notify_one();
  return true;
}

std::vector<PasswordThread::Verdict> PasswordThread::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(done_, {});
}

// In Linux a priority is a thread's own.
void PasswordThread::run() {
  constexpr int behind_the_scan = 10;
  ::setpriority(PRIO_PROCESS, 0, behind_the_scan);
  while (true) {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
    if (stop_) return;
    const Task task = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    const bool matches = bcrypt_matches(task.password, task.hash);
    lock.lock();
    done_.push_back({task.id, matches && task.known_user});
    lock.unlock();
    wake_();
  }
}

}  // namespace wedged
