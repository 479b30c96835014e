// SPDX-License-Identifier: Apache-2.0
// Addresses to listen on, as text: "127.0.0.1:9974", "[::1]:9974", "localhost:9974", and ":9974" for all of
// IPv4.
#pragma once

#include <string>

#include "config/settings.h"
#include "util/result.h"

namespace wedged {

// Asks no name server. Kind `malformed`; the message is a predicate: "must be an address and a port, ...".
[[nodiscard]] Result<ListenAddress> parse_listen_address(const std::string& text);

}  // namespace wedged
