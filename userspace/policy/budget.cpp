// SPDX-License-Identifier: Apache-2.0
#include "policy/budget.h"

#include <algorithm>

#include "policy/duration_text.h"

namespace wedged {
namespace {

std::string limit_reason(const std::string& whose, const Limits& limits) {
  return whose + " limit of " + std::to_string(limits.actions) +
         (limits.actions == 1 ? " action" : " actions") + " within " + text_of(limits.window) + " is reached";
}

std::string rest_reason(const std::string& whose, const Limits& limits) {
  return whose + " cool-down of " + text_of(limits.cool_down) + " since the last action is not over";
}

}  // namespace

// Later than the window's beginning, those "in the future" included.
Budget::Spent Budget::spent(const Limits& limits, const Counts& counts) const {
  Spent spent;
  for (const auto& action : ledger_.state().actions) {
    if (!counts(action)) continue;
    if (action.at > now_ - limits.window) ++spent.within_window;
    if (!spent.last || *spent.last < action.at) spent.last = action.at;
  }
  spent.just_now = static_cast<std::size_t>(std::count_if(spent_.begin(), spent_.end(), counts));
  return spent;
}

// A last action later than `now` counts as just done.
bool Budget::resting(const Spent& spent, const Limits& limits) const {
  if (limits.cool_down <= Duration{}) return false;
  return spent.just_now > 0 || (spent.last && now_ - *spent.last < limits.cool_down);
}

std::optional<Objection> Budget::objection(const Rule& rule, const std::string& unit, bool begun) const {
  const bool real = enforces(policy_, rule);
  const auto weighs = [real](const LedgerState::Action& action) { return !real || !action.dry; };
  struct Purse {
    std::string whose;
    const Limits& limits;
    Refusal refusal;
    Spent spent;
  };
  std::vector<Purse> purses;
  purses.push_back(
      {"rule " + rule.name + "'s", rule.limits, Refusal::rule_limit,
       spent(rule.limits, [&](const auto& one) { return weighs(one) && one.rule == rule.name; })});
  if (!unit.empty()) {
    purses.push_back(
        {"unit " + unit + "'s", policy_.unit_limits, Refusal::unit_limit,
         spent(policy_.unit_limits, [&](const auto& one) { return weighs(one) && one.unit == unit; })});
  }
  purses.push_back({"the host's", policy_.limits, Refusal::host_limit, spent(policy_.limits, weighs)});
  for (const Purse& purse : purses) {
    if (purse.spent.within_window + purse.spent.just_now >= purse.limits.actions)
      return Objection{purse.refusal, limit_reason(purse.whose, purse.limits)};
  }
  if (begun) return std::nullopt;
  for (const Purse& purse : purses) {
    if (resting(purse.spent, purse.limits))
      return Objection{Refusal::cool_down, rest_reason(purse.whose, purse.limits)};
  }
  return std::nullopt;
}

void Budget::spend(const Rule& rule, const std::string& unit) {
  spent_.push_back({rule.name, unit, now_, !enforces(policy_, rule)});
}

}  // namespace wedged
