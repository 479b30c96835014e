// SPDX-License-Identifier: Apache-2.0
// Where the metrics are served, as a word of the configuration. Pure.
#pragma once

#include <string>

namespace wedged {

// What is wrong with it as a predicate, or nothing: "must begin with / ...".
[[nodiscard]] std::string fault_of_telemetry_path(const std::string& path);

}  // namespace wedged
