// SPDX-License-Identifier: Apache-2.0
// A host's name as addresses, within a time. Asks name servers, which the C library does without a limit that
// the caller could set.
#pragma once

#include <netdb.h>

#include <memory>
#include <string>

#include "daemon/deadline.h"

namespace wedged {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

// For stream sockets; never none. An address instead of a name is not looked up. What takes longer goes on in
// a thread that nobody waits for.
[[nodiscard]] Result<Addresses> addresses_of(const std::string& host, unsigned short port,
                                             const Deadline& deadline);

}  // namespace wedged
