// SPDX-License-Identifier: Apache-2.0
#include "policy/budget.h"

#include <numeric>

namespace wedged {
namespace {

std::string text_of(Duration duration) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

std::string limit_reason(const std::string& whose, const Limits& limits) {
  return whose + " limit of " + std::to_string(limits.actions) +
         (limits.actions == 1 ? " action" : " actions") + " within " + text_of(limits.window) + " is reached";
}

std::string rest_reason(const std::string& whose, const Limits& limits) {
  return whose + " cool-down of " + text_of(limits.cool_down) + " since the last action is not over";
}

}  // namespace

std::size_t Budget::spent() const {
  return std::accumulate(spent_.begin(), spent_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& entry) { return sum + entry.second; });
}

std::size_t Budget::spent(const Rule& rule) const {
  const auto found = spent_.find(rule.name);
  return found == spent_.end() ? 0 : found->second;
}

// A last action later than `now` counts as just done.
bool Budget::resting(const std::optional<Instant>& last, std::size_t just_now, const Limits& limits) const {
  if (limits.cool_down <= Duration{}) return false;
  return just_now > 0 || (last && now_ - *last < limits.cool_down);
}

std::optional<Objection> Budget::objection(const Rule& rule, bool begun) const {
  const std::string of_rule = "rule " + rule.name + "'s";
  const Limits& host = policy_.limits;
  if (ledger_.actions_since(rule.name, now_ - rule.limits.window) + spent(rule) >= rule.limits.actions) {
    return Objection{Refusal::rule_limit, limit_reason(of_rule, rule.limits)};
  }
  if (ledger_.actions_since(now_ - host.window) + spent() >= host.actions) {
    return Objection{Refusal::host_limit, limit_reason("the host's", host)};
  }
  if (begun) return std::nullopt;
  if (resting(ledger_.last_action(rule.name), spent(rule), rule.limits)) {
    return Objection{Refusal::cool_down, rest_reason(of_rule, rule.limits)};
  }
  if (resting(ledger_.last_action(), spent(), host)) {
    return Objection{Refusal::cool_down, rest_reason("the host's", host)};
  }
  return std::nullopt;
}

void Budget::spend(const Rule& rule) {
  ++spent_[rule.name];
}

}  // namespace wedged
