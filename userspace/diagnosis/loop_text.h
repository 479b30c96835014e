// SPDX-License-Identifier: Apache-2.0
// Words for what is observed of an event loop: its waits, its calls, the descriptors that they are about.
// Judges nothing. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "observation/task.h"

namespace wedged {

// "412,000": from a thousand on three digits tell. "less than 1" of what is not none.
[[nodiscard]] std::string spoken_rate(double per_second);
// "1,648,000", exactly.
[[nodiscard]] std::string spoken_count(std::uint64_t count);

// Null if nobody has looked at it.
[[nodiscard]] const LoopWatch* watch_of(const Task& task);

// "accept4"; "call 512" without a name.
[[nodiscard]] std::string call_name(int number);
// "epoll_wait"; "its wait for events" where the call is not known.
[[nodiscard]] std::string describe_wait_call(const Task& task);
// Whether its events are called EPOLLIN, and not POLLIN.
[[nodiscard]] bool is_epoll(const LoopWatch& watch);

// " (text)"; empty of nothing.
[[nodiscard]] std::string enclosed(const std::string& text);
// "descriptor 12 (tcp 10.0.0.1:11211 -> 10.0.0.2:40312 CLOSE)".
// Of a descriptor of -1 who has its file open: "in worker[812] as descriptor 7"; "elsewhere" if that is not
// known.
[[nodiscard]] std::string describe_elsewhere(const ReadyDescriptor& ready);
[[nodiscard]] std::string describe_descriptor(const ReadyDescriptor& ready);

// "fails with EMFILE", "returns 0 (end of file)".
[[nodiscard]] std::string outcome_of(const FailingCall& failing);
// "descriptor 5 (tcp 0.0.0.0:80 LISTEN)"; its number alone where nobody has looked at it.
[[nodiscard]] std::string describe_failing_descriptor(const FailingCall& failing, const Task& task);
// "accept4 on descriptor 5 (tcp 0.0.0.0:80 LISTEN) fails with EMFILE".
[[nodiscard]] std::string describe_failing(const FailingCall& failing, const Task& task);
// "accept4, which fails with EMFILE".
[[nodiscard]] std::string describe_failing_call(const FailingCall& failing);

}  // namespace wedged
