// SPDX-License-Identifier: Apache-2.0
// What a person asks wedged-inject for.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "inject/catalogue.h"
#include "util/exit_code.h"

namespace wedged::inject {

struct Chosen {
  std::string_view cause;
  Variant variant;
  Duration lasts{};
};

// Help, version, list and usage errors: text to print and the exit code.
struct EarlyExit {
  ExitCode code = ExitCode::success;
  std::string text;
};

[[nodiscard]] std::variant<Chosen, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace wedged::inject
