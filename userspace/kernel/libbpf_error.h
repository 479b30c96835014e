// SPDX-License-Identifier: Apache-2.0
// What libbpf says of a failure, as an Error.
#pragma once

#include <string>

#include "util/result.h"

namespace wedged {

// `errno` of the last libbpf call, and below it what libbpf has said about it.
[[nodiscard]] Error libbpf_error(const std::string& what);

// The program that the log of a failed load is about; empty: it tells of none.
[[nodiscard]] std::string refused_program(const std::string& log);

}  // namespace wedged
