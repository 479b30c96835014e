// SPDX-License-Identifier: Apache-2.0
// From a user's name to the number that the kernel knows. The one thing that reading a configuration asks the
// system for, hence handed in: tests have users of their own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "util/result.h"

namespace wedged {

// Nothing if there is no such user; an error if nobody could say.
using UserLookup = std::function<Result<std::optional<std::uint32_t>>(const std::string& name)>;

// By getpwnam_r(3), that is by /etc/passwd and whatever nsswitch.conf(5) names.
[[nodiscard]] Result<std::optional<std::uint32_t>> system_user(const std::string& name);

// A name that is all digits is the number itself. Kind `malformed`; the message is a predicate.
[[nodiscard]] Result<std::uint32_t> user_id(const std::string& name, const UserLookup& lookup);

}  // namespace wedged
