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
#include "config/users.h"

namespace wedged {

struct ConfigProblem {
  std::string file;
  int line = 0;    // from 1; 0: the file as a whole
  int column = 0;  // from 1
  std::string message;

  [[nodiscard]] std::string where() const;  // "file:line:column", or the file alone
  [[nodiscard]] std::string text() const;   // "file:line:column: message"
};

using ConfigProblems = std::vector<ConfigProblem>;

inline constexpr const char* default_config_file = "/etc/wedged/wedged.yaml";

// A file as it was read. The first of several is the main one, or empty if there is none; the others are its
// drop-ins.
struct ConfigText {
  std::string file;
  std::string text;
};

// Where a rule was read, and what of it the rule itself does not tell.
struct RuleSource {
  std::string file;
  int line = 0;
  int column = 0;
  bool says_enforce = false;  // `enforce: true` stands there
};

struct LoadedConfig {
  Settings settings;
  std::vector<RuleSource> sources;  // as Policy::rules
  std::vector<std::string> files;   // that were read, in this order
};

// Pure but for the users: files are only names for messages.
[[nodiscard]] std::variant<LoadedConfig, ConfigProblems> parse_config(const std::vector<ConfigText>& texts,
                                                                      const UserLookup& users);

// Reads the file named by the flags, or the default one if it exists, or none, and the drop-ins beside it;
// then lays the flags over it.
[[nodiscard]] std::variant<LoadedConfig, ConfigProblems> load_config(const Flags& flags);

// For who loads it again later: a file that was there once is meant by its name from now on, so that without
// it nothing is loaded, where it would be the defaults without any rule.
void insist_on_config_file(Flags& flags, const std::string& file = default_config_file);

// The same where nothing but the settings is of interest.
[[nodiscard]] std::variant<Settings, ConfigProblems> load_settings(const Flags& flags);

// The settings in effect as YAML that parse_config accepts again and finds equal. Without the scope: flags
// alone set it.
[[nodiscard]] std::string to_yaml(const Settings& settings);

}  // namespace wedged
