// SPDX-License-Identifier: Apache-2.0
// By which names a server on loopback may be asked. A page of anybody's can have its name resolve to
// 127.0.0.1 once a browser on this host shows it (DNS rebinding), and its script would read what is served
// here as if it were its own. The browser tells by which name it asks: one of the DNS, which has a dot in it.
// Pure.
#pragma once

#include <string_view>

namespace wedged {

// `host`: the header Host, with its port or without; empty: there was none, and it was no browser. An
// address, a name without a dot, one that the DNS never has, or `own_name`.
[[nodiscard]] bool is_own_name(std::string_view host, std::string_view own_name);

}  // namespace wedged
