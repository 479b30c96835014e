// SPDX-License-Identifier: Apache-2.0
// The name and password in an Authorization header of the scheme Basic (RFC 7617). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wedged {

struct Credentials {
  std::string user;
  std::string password;

  bool operator==(const Credentials&) const = default;
};

[[nodiscard]] std::optional<Credentials> basic_credentials(std::string_view authorization);

}  // namespace wedged
