// SPDX-License-Identifier: Apache-2.0
// Words the advice for an address that cannot be listened on. Pure; knows no server.
#pragma once

#include <string>

namespace wedged {

// What to do about a failure to listen, by its errno.
[[nodiscard]] std::string listen_advice(int error_number);

}  // namespace wedged
