// SPDX-License-Identifier: Apache-2.0
// The pipe or socket that a thread waits for as JSON. What is unknown is null. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "observation/task.h"

namespace wedged::json {

// Processes that have something open, and their descriptor of it.
[[nodiscard]] nlohmann::ordered_json peers_value(const std::vector<Peer>& peers);
// Adds "socket" and "other_end".
void add_end(nlohmann::ordered_json& object, const std::optional<SocketFacts>& socket,
             const std::optional<OtherEnd>& other_end);
void add_end(nlohmann::ordered_json& object, const TaskDetails& details);

}  // namespace wedged::json
