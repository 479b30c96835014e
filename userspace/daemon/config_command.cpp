// SPDX-License-Identifier: Apache-2.0
// `wedged config check` and `wedged config show`.
#include <fstream>
#include <iostream>

#include "config/config_file.h"
#include "config/policy_explanation.h"
#include "config/policy_warnings.h"
#include "config/words.h"
#include "daemon/commands.h"
#include "daemon/web_security.h"

namespace wedged {

namespace {

// One line for each file, and what all of them together say.
void explain(const LoadedConfig& config) {
  const Policy& policy = config.settings.policy;
  const bool read = std::ifstream(config.files.front()).good();
  std::cout << (read ? config.files.front() + ": valid, " : "no configuration file, the defaults apply: ")
            << counted(policy.rules.size(), "rule") << ", "
            << (policy.enforce ? "enforced" : "not enforced (dry run)") << '\n';
  for (std::size_t at = 1; at < config.files.size(); ++at)
    std::cout << config.files[at] << ": valid, read in addition\n";
  if (const std::string& web = config.settings.web_config_file; !web.empty())
    std::cout << web << ": valid, for the web server\n";
  for (const Rule& rule : policy.rules) std::cout << explain_rule(policy, rule) << '\n';
  for (const std::string& sentence : explain_bounds(policy)) std::cout << sentence << '\n';
}

}  // namespace

ExitCode config_check_command(const Flags& flags) {
  const auto loaded = load_config(flags);
  if (const auto* problems = std::get_if<ConfigProblems>(&loaded)) {
    for (const auto& problem : *problems) std::cerr << problem.text() << '\n';
    return ExitCode::invalid_config;
  }
  const auto& config = std::get<LoadedConfig>(loaded);
  if (const auto problems = problems_of_web_file(config.settings.web_config_file); !problems.empty()) {
    for (const auto& problem : problems) std::cerr << problem.text() << '\n';
    return ExitCode::invalid_config;
  }
  explain(config);
  std::cout.flush();
  for (const auto& warning : warnings_of(config)) std::cerr << warning.text() << '\n';
  return ExitCode::success;
}

ExitCode config_show_command(const Flags& flags) {
  const auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  std::cout << to_yaml(*settings);
  return ExitCode::success;
}

}  // namespace wedged
