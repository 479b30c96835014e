// SPDX-License-Identifier: Apache-2.0
// The one thread that checks passwords: however many wrong ones come, they cost one thread of low priority.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace wedged {

class PasswordThread {
 public:
  static constexpr std::size_t most_waiting = 32;

  struct Task {
    std::uint64_t id = 0;
    std::string password;
    std::string hash;
    bool known_user = true;  // false: the answer is no, but takes as long
  };
  struct Verdict {
    std::uint64_t id = 0;
    bool right = false;
  };

  // `wake` is called on the thread after each check.
  explicit PasswordThread(std::function<void()> wake);
  PasswordThread(const PasswordThread&) = delete;
  PasswordThread& operator=(const PasswordThread&) = delete;
  PasswordThread(PasswordThread&&) = delete;
  PasswordThread& operator=(PasswordThread&&) = delete;
  ~PasswordThread();  // waits for the check in progress

  // False if too many wait already.
  [[nodiscard]] bool submit(Task task);
  // Those since the last call.
  [[nodiscard]] std::vector<Verdict> take();

 private:
  void run();

  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::deque<Task> waiting_;
  std::vector<Verdict> done_;
  bool stop_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace wedged
