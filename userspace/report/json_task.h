// SPDX-License-Identifier: Apache-2.0
// What was observed of one task as JSON: call, file, device, stacks, lock. What is unknown is null. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "observation/lock.h"
#include "observation/task.h"
#include "report/call_age.h"

namespace wedged::json {

using nlohmann::ordered_json;

// Null if empty.
[[nodiscard]] ordered_json known(const std::string& text);

// Hexadecimal, since JSON readers keep 53 bits of a number and pointers have more.
[[nodiscard]] std::string hex(std::uint64_t value);

[[nodiscard]] ordered_json call_value(const Task& task, const CallAge& age);
[[nodiscard]] ordered_json device_value(const DeviceFacts& device);
[[nodiscard]] ordered_json server_value(const FuseServer& server);
[[nodiscard]] ordered_json file_value(const TaskDetails& details);

// The frames, innermost first, whether they are all, and what could not be read; null if nothing was
// inspected.
[[nodiscard]] ordered_json user_stack_value(const std::optional<UserSide>& side);
[[nodiscard]] ordered_json lock_value(const std::optional<Lock>& lock);

}  // namespace wedged::json
