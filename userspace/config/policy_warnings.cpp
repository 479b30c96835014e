// SPDX-License-Identifier: Apache-2.0
#include "config/policy_warnings.h"

#include "config/ladder_warnings.h"
#include "config/match_warnings.h"
#include "config/rule_cover.h"

namespace wedged {
namespace {

ConfigProblem place_of(const RuleSource& source) {
  return {source.file, source.line, source.column, {}};
}

// The first rule that leaves nothing for the one at `at`.
std::string shadow_on(const LoadedConfig& config, std::size_t at) {
  const Policy& policy = config.settings.policy;
  if (policy.order == RuleOrder::all) return {};
  for (std::size_t earlier = 0; earlier < at; ++earlier) {
    if (!covers(policy.rules[earlier].match, policy.rules[at].match)) continue;
    return "is never reached: " + policy.rules[earlier].name + " (" +
           place_of(config.sources[earlier]).where() +
           ") matches all that it matches, and the first rule counts";
  }
  return {};
}

std::vector<std::string> warnings_of_rule(const LoadedConfig& config, std::size_t at) {
  const Policy& policy = config.settings.policy;
  const Rule& rule = policy.rules[at];
  std::vector<std::string> warnings = match_warnings(rule.match, config.settings.thresholds);
  if (auto shadow = shadow_on(config, at); !shadow.empty()) warnings.push_back(std::move(shadow));
  for (auto& warning : ladder_warnings(policy, rule, config.settings.scan_interval))
    warnings.push_back(std::move(warning));
  if (config.sources[at].says_enforce && !policy.enforce)
    warnings.emplace_back("says `enforce: true`, but `policy.enforce` is false: it stays a dry run");
  return warnings;
}

}  // namespace

ConfigProblems warnings_of(const LoadedConfig& config) {
  ConfigProblems warnings;
  const Policy& policy = config.settings.policy;
  if (policy.enforce && policy.rules.empty() && !config.files.empty()) {
    warnings.push_back({config.files.front(), 0, 0,
                        "warning: `policy.enforce` is true and there are no rules: nothing is ever done"});
  }
  for (std::size_t at = 0; at < policy.rules.size(); ++at) {
    for (const std::string& warning : warnings_of_rule(config, at)) {
      ConfigProblem told = place_of(config.sources[at]);
      told.message = "warning: rule " + policy.rules[at].name + " " + warning;
      warnings.push_back(std::move(told));
    }
  }
  return warnings;
}

}  // namespace wedged
