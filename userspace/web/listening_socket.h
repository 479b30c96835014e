// SPDX-License-Identifier: Apache-2.0
// The socket that the web server listens on, and the advice where none can be had.
#pragma once

#include <string>

#include "util/fd.h"
#include "util/result.h"

namespace wedged {

// `text` is "127.0.0.1:9974" or "[::1]:9974"; port 0 is any. Does not block. Kind `malformed` if it is not
// of this form, `system` if the system refuses; the message names the address and what to do.
[[nodiscard]] Result<Fd> listen_at(const std::string& text);

// 0 if it is none.
[[nodiscard]] unsigned short port_of(const Fd& socket);

// Only this host can reach it.
[[nodiscard]] bool is_on_loopback(const Fd& socket);

}  // namespace wedged
