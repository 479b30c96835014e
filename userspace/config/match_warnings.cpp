// SPDX-License-Identifier: Apache-2.0
#include "config/match_warnings.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "config/cause_bounds.h"
#include "config/glob_cover.h"
#include "config/problems.h"
#include "config/words.h"
#include "diagnosis/diagnose.h"

namespace wedged {
namespace {

constexpr std::size_t longest_comm = 15;  // TASK_COMM_LEN - 1

// Why no finding of this cause can match; empty if one could.
std::string fault_of_cause(Cause cause, const Match& match) {
  const std::string name{name_of(cause)};
  if (match.role == Role::root && cause == Cause::waits_for_stuck)
    return "those that wait for a stuck one are matched with `role: victim` alone";
  if (match.role == Role::victim && !is_root(cause)) return "nobody is a victim of " + name;
  const Certainty highest = highest_certainty(cause);
  if (highest >= match.at_least) return {};
  return name + " is never surer than " + std::string{name_of(highest)} + ", and `certainty` asks for " +
         std::string{name_of(match.at_least)};
}

std::string fault_of_comm(const std::string& glob) {
  if (least_length(glob) <= longest_comm) return {};
  return "the kernel cuts names to " + std::to_string(longest_comm) + " characters, and " + quote(glob) +
         " needs more";
}

// Of the values of one key: if none can match, neither can the rule; else those are dead words.
template <typename Values>
void add_faults(const std::string& key, const Values& values,
                const std::function<std::string(const typename Values::value_type&)>& fault_of,
                std::vector<std::string>& warnings) {
  std::vector<std::string> faults;
  for (const auto& value : values) {
    if (auto fault = fault_of(value); !fault.empty()) faults.push_back(std::move(fault));
  }
  const bool all = faults.size() == values.size();
  if (all && !faults.empty()) {
    warnings.push_back("can never match: " + faults.front());
  } else {
    for (const std::string& fault : faults)
      warnings.push_back("has a `" + key + "` that can never match: " + fault);
  }
}

// A victim may have begun to wait a moment ago, whatever it waits for.
std::string vain_lasting(const Match& match, const Thresholds& thresholds) {
  if (match.role == Role::victim || match.causes.empty() || match.lasting <= Duration{}) return {};
  std::optional<Duration> least;
  for (const Cause cause : match.causes) {
    const auto one = least_duration(cause, thresholds, match.syscalls);
    if (!one || *one <= match.lasting) return {};
    if (!least || *one < *least) least = one;
  }
  return "has a `lasting` of " + in_words(match.lasting) +
         " without effect: what it matches is found only after " + in_words(*least) +
         ", by `thresholds` or `slow_syscall`";
}

}  // namespace

std::vector<std::string> match_warnings(const Match& match, const Thresholds& thresholds) {
  std::vector<std::string> warnings;
  add_faults(
      "cause", match.causes, [&](const Cause& cause) { return fault_of_cause(cause, match); }, warnings);
  add_faults("comm", match.comm, fault_of_comm, warnings);
  if (auto vain = vain_lasting(match, thresholds); !vain.empty()) warnings.push_back(std::move(vain));
  return warnings;
}

}  // namespace wedged
