// SPDX-License-Identifier: Apache-2.0
#include "web/bcrypt.h"

#include <crypt.h>
#include <openssl/crypto.h>

#include <cstring>
#include <memory>

namespace wedged {

bool bcrypt_matches(const std::string& password, const std::string& hash) {
  if (password.find('\0') != std::string::npos) return false;  // crypt(3) would see the part before it alone
  const auto space = std::make_unique<crypt_data>();           // 32 KiB
  const char* made = ::crypt_r(password.c_str(), hash.c_str(), space.get());
  const bool same = made != nullptr && std::strlen(made) == hash.size() &&
                    CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(space.get(), sizeof(crypt_data));
  return same;
}

}  // namespace wedged
