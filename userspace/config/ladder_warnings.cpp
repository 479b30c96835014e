// SPDX-License-Identifier: Apache-2.0
#include "config/ladder_warnings.h"

#include <algorithm>
#include <array>
#include <optional>

#include "config/glob_cover.h"
#include "config/problems.h"
#include "config/words.h"

namespace wedged {
namespace {

bool is_guarded(const Rung& rung) {
  return rung.action == ActionKind::signal || rung.action == ActionKind::restart_unit;
}

// How long a step may take beside its grace. Of a restart only systemd knows.
Duration longest_run(const Rung& rung) {
  if (rung.action == ActionKind::restart_unit) return std::chrono::minutes(5);
  return rung.action == ActionKind::hook ? rung.hook.timeout : Duration{};
}

std::vector<std::string> protected_globs(const Policy& policy, bool paths) {
  std::vector<std::string> globs = paths ? std::vector<std::string>{} : built_in_protect_list();
  for (const std::string& glob : policy.protect) {
    if ((glob.find('/') != std::string::npos) == paths) globs.push_back(glob);
  }
  return globs;
}

bool all_protected(const std::vector<std::string>& globs, const std::vector<std::string>& list) {
  return !globs.empty() && !list.empty() && list_covers(list, globs);
}

std::string protection(const Policy& policy, const Rule& rule) {
  if (std::none_of(rule.ladder.begin(), rule.ladder.end(), is_guarded)) return {};
  const bool by_name = all_protected(rule.match.comm, protected_globs(policy, false));
  if (!by_name && !all_protected(rule.match.exe, protected_globs(policy, true))) return {};
  return "is always refused where it would signal or restart: whatever is " +
         alternatives(by_name ? rule.match.comm : rule.match.exe) + " is protected";
}

// The number of the step, from 1, that comes too early for the limit, if one surely does.
std::optional<std::size_t> step_beyond(const std::vector<Rung>& ladder, const Limits& limits,
                                       Duration scan_interval) {
  std::size_t actions = 0;
  Duration since_first{};
  for (std::size_t at = 0; at < ladder.size(); ++at) {
    if (ladder[at].touches() && ++actions > limits.actions)
      return since_first < limits.window ? std::optional{at + 1} : std::nullopt;
    if (actions > 0) since_first += ladder[at].grace + longest_run(ladder[at]) + scan_interval;
  }
  return std::nullopt;
}

// Only services can be restarted; other units end in what they are.
std::string vain_restart(const Rule& rule) {
  const auto restarts = [](const Rung& rung) { return rung.action == ActionKind::restart_unit; };
  const auto is_no_service = [](const std::string& glob) {
    constexpr std::array kinds{".scope", ".slice", ".socket", ".mount", ".swap"};
    return std::any_of(kinds.begin(), kinds.end(), [&](const char* kind) { return glob.ends_with(kind); });
  };
  const auto& units = rule.match.unit;
  if (units.empty() || !std::all_of(units.begin(), units.end(), is_no_service)) return {};
  if (std::none_of(rule.ladder.begin(), rule.ladder.end(), restarts)) return {};
  return "has a restart that is always refused: " + alternatives(units) + " is no service";
}

std::string limit_reached(const std::string& whose, const Limits& limits,
                          const std::optional<std::size_t>& step) {
  if (!step) return {};
  return "cannot climb its ladder at once: step " + std::to_string(*step) + " has to wait, since " + whose +
         " limits allow " + counted(limits.actions, "action") + " in " + in_words(limits.window);
}

}  // namespace

std::vector<std::string> ladder_warnings(const Policy& policy, const Rule& rule, Duration scan_interval) {
  const auto reached = [&](const std::string& whose, const Limits& limits) {
    return limit_reached(whose, limits, step_beyond(rule.ladder, limits, scan_interval));
  };
  std::vector<std::string> warnings{protection(policy, rule), vain_restart(rule),
                                    reached("its own", rule.limits), reached("the host's", policy.limits)};
  if (!rule.match.unit.empty()) warnings.push_back(reached("each unit's", policy.unit_limits));
  std::erase(warnings, std::string{});
  return warnings;
}

}  // namespace wedged
