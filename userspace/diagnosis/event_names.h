// SPDX-License-Identifier: Apache-2.0
// Names of the events that a loop waits for, as the call that it waits with calls them: EPOLLIN of epoll,
// POLLIN of poll and of select, which asks the kernel for the same. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wedged {

// In the order of their bits; what has no name is left out. Flags that are no events (EPOLLET, EPOLLONESHOT,
// EPOLLEXCLUSIVE) stand last.
[[nodiscard]] std::vector<std::string> event_names(std::uint32_t events, bool epoll);

// "EPOLLERR|EPOLLHUP"; "nothing" without any.
[[nodiscard]] std::string describe_events(std::uint32_t events, bool epoll);

}  // namespace wedged
