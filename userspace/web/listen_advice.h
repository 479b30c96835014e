// SPDX-License-Identifier: Apache-2.0
// Judges a listen address, and words the advice for one that cannot be used. Pure; knows no server.
#pragma once

#include <string>

namespace wedged {

// One HOST:PORT and nothing else: civetweb's own grammar knows lists of ports and marks for TLS, which are
// not meant here.
[[nodiscard]] bool is_host_and_port(const std::string& address);

// What to do about a failure to listen, from what civetweb logged; it tells the errno only as text.
[[nodiscard]] std::string listen_advice(const std::string& complaint);

}  // namespace wedged
