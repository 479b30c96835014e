// SPDX-License-Identifier: Apache-2.0
// Remembers which passwords were found to be right, so that a scrape does not pay for bcrypt each time. Keeps
// no password: a keyed digest of user, hash and password together, so that it is worth nothing elsewhere and
// ends with the hash. Used by one thread.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>

#include "web/credentials.h"

namespace wedged {

class PasswordMemory {
 public:
  static constexpr std::size_t most = 100;  // the oldest goes first

  PasswordMemory();

  [[nodiscard]] bool knows(const Credentials& given, const std::string& hash) const;
  void remember(const Credentials& given, const std::string& hash);

 private:
  using Digest = std::array<unsigned char, 32>;
  [[nodiscard]] Digest digest_of(const Credentials& given, const std::string& hash) const;

  std::array<unsigned char, 32> key_{};  // random, of this process
  bool usable_ = false;
  std::deque<Digest> right_;
};

}  // namespace wedged
