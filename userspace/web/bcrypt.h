// SPDX-License-Identifier: Apache-2.0
// Compares a password with bcrypt's hash of one. Takes as long as the hash's cost says: about 50 ms at 10,
// and twice as long for each step more.
#pragma once

#include <string>

namespace wedged {

// False also for a hash that is none. Any thread.
[[nodiscard]] bool bcrypt_matches(const std::string& password, const std::string& hash);

}  // namespace wedged
