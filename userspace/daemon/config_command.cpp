// SPDX-License-Identifier: Apache-2.0
// `wedged config check` and `wedged config show`.
#include <fstream>
#include <iostream>

#include "config/config_file.h"
#include "daemon/commands.h"

namespace wedged {

ExitCode config_check_command(const Flags& flags) {
  const auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  const auto file = flags.config_file.value_or(default_config_file);
  const bool read = std::ifstream(file).good();
  std::cout << (read ? file + ": valid, " : "no configuration file, the defaults apply: ")
            << settings->policy.rules.size() << " rules, "
            << (settings->policy.enforce ? "enforced" : "not enforced (dry run)") << '\n';
  return ExitCode::success;
}

ExitCode config_show_command(const Flags& flags) {
  const auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  std::cout << to_yaml(*settings);
  return ExitCode::success;
}

}  // namespace wedged
