// SPDX-License-Identifier: Apache-2.0
#include "web/password_memory.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include <algorithm>

namespace wedged {

// Without random numbers nothing is remembered.
PasswordMemory::PasswordMemory()
    : usable_(::getrandom(key_.data(), key_.size(), 0) == static_cast<ssize_t>(key_.size())) {}

// The lengths keep apart what would read the same in a row.
PasswordMemory::Digest PasswordMemory::digest_of(const Credentials& given, const std::string& hash) const {
  std::string text = std::to_string(given.user.size()) + ":" + given.user + std::to_string(hash.size()) +
                     ":" + hash + given.password;
  Digest digest{};
  unsigned size = digest.size();
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  OPENSSL_cleanse(text.data(), text.size());
  return digest;
}

bool PasswordMemory::knows(const Credentials& given, const std::string& hash) const {
  if (right_.empty()) return false;
  const Digest wanted = digest_of(given, hash);
  return std::any_of(right_.begin(), right_.end(), [&](const Digest& each) {
    return CRYPTO_memcmp(each.data(), wanted.data(), wanted.size()) == 0;
  });
}

void PasswordMemory::remember(const Credentials& given, const std::string& hash) {
  if (!usable_ || knows(given, hash)) return;
  if (right_.size() >= most) right_.pop_front();
  right_.push_back(digest_of(given, hash));
}

}  // namespace wedged
