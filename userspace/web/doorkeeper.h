// SPDX-License-Identifier: Apache-2.0
// Decides who may ask. A password that was found right before is let in at once; any other is checked on the
// thread for that, an unknown user's like everybody's, so that time tells nothing. Used by the server's
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "web/password_memory.h"
#include "web/password_thread.h"

namespace wedged {

class Doorkeeper {
 public:
  enum class Entry { open, refused, later, busy };
  struct Verdict {
    std::uint64_t id = 0;
    bool right = false;
  };
  using Users = std::map<std::string, std::string>;

  // `wake` is called on another thread when verdicts() has news.
  explicit Doorkeeper(std::function<void()> wake) : wake_(std::move(wake)) {}

  // `later`: a verdict with this id follows.
  [[nodiscard]] Entry ask(std::uint64_t id, const Users& users, std::string_view authorization);
  [[nodiscard]] std::vector<Verdict> verdicts();

 private:
  struct Question {
    Credentials given;
    std::string hash;
  };

  std::function<void()> wake_;
  PasswordMemory memory_;
  std::map<std::uint64_t, Question> open_;
  std::unique_ptr<PasswordThread> thread_;  // from the first question on
};

}  // namespace wedged
