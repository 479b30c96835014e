// SPDX-License-Identifier: Apache-2.0
// From YAML text to Settings. All errors are found in one go, each with line and column and what would be
// right.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/command_line.h"
#include "config/settings.h"

namespace wedged {

struct ConfigProblem {
  std::string file;
  int line = 0;    // from 1; 0: the file as a whole
  int column = 0;  // from 1
  std::string message;

  [[nodiscard]] std::string text() const;  // "file:line:column: message"
};

using ConfigProblems = std::vector<ConfigProblem>;

inline constexpr const char* default_config_file = "/etc/wedged/wedged.yaml";

// Pure: `file` is only a name for messages.
[[nodiscard]] std::variant<Settings, ConfigProblems> parse_config(const std::string& text,
                                                                  const std::string& file);

// Reads the file named by the flags, or the default one if it exists, or none; then lays the flags over it.
[[nodiscard]] std::variant<Settings, ConfigProblems> load_settings(const Flags& flags);

// The settings in effect as YAML that parse_config accepts again and finds equal. Without the scope: flags
// alone set it.
[[nodiscard]] std::string to_yaml(const Settings& settings);

}  // namespace wedged
