// SPDX-License-Identifier: Apache-2.0
// Command lines as a test writes them: their words without the program's name.
#pragma once

#include <gtest/gtest.h>

#include <variant>
#include <vector>

#include "config/command_line.h"

namespace wedged::test {

using Words = std::vector<const char*>;

struct Refused {
  Words words;
  const char* part;  // of what is said
};

inline std::variant<CommandLine, EarlyExit> parsed(Words words) {
  words.insert(words.begin(), "wedged");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

inline CommandLine command_line(const Words& words) {
  const auto result = parsed(words);
  if (const auto* exit = std::get_if<EarlyExit>(&result)) {
    ADD_FAILURE() << exit->text;
    return {};
  }
  return std::get<CommandLine>(result);
}

inline EarlyExit early_exit(const Words& words) {
  const auto result = parsed(words);
  if (const auto* exit = std::get_if<EarlyExit>(&result)) return *exit;
  ADD_FAILURE() << "accepted: " << testing::PrintToString(words);
  return {};
}

}  // namespace wedged::test
