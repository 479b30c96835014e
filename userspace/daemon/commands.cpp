// SPDX-License-Identifier: Apache-2.0
// What all commands share.
#include "daemon/commands.h"

#include <iostream>

#include "config/config_file.h"

namespace wedged {

std::optional<Settings> settings_or_complain(const Flags& flags) {
  auto loaded = load_settings(flags);
  if (auto* settings = std::get_if<Settings>(&loaded)) return std::move(*settings);
  for (const auto& problem : std::get<ConfigProblems>(loaded)) std::cerr << problem.text() << '\n';
  return std::nullopt;
}

ExitCode complain(const std::string& message, ExitCode code) {
  std::cerr << "wedged: " << message << '\n';
  return code;
}

}  // namespace wedged
