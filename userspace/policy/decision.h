// SPDX-License-Identifier: Apache-2.0
// Decision: act or refuse, with the reason. Outcome: what came of it. Each contains what led to it, so that
// one value answers "why was this killed".
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "diagnosis/finding.h"
#include "policy/policy.h"

namespace wedged {

enum class Verdict { act, dry_run, refuse };

// Why a decision is a refusal. A closed set: these are label values.
enum class Refusal {
  none,
  init_process,
  kernel_thread,
  self,
  own_ancestor,
  protected_name,
  unknown_facts,
  rule_limit,
  host_limit,
  cool_down,
};
inline constexpr std::array all_refusals{
    Refusal::init_process, Refusal::kernel_thread,  Refusal::self,
    Refusal::own_ancestor, Refusal::protected_name, Refusal::unknown_facts,
    Refusal::rule_limit,   Refusal::host_limit,     Refusal::cool_down};

[[nodiscard]] std::string_view name_of(Verdict verdict);
[[nodiscard]] std::string_view name_of(Refusal refusal);

struct Decision {
  Finding finding;
  std::string rule;
  Rung rung;
  std::size_t rung_number = 0;  // 0 is the first
  Verdict verdict = Verdict::refuse;
  Refusal refusal = Refusal::none;
  std::string reason;  // a sentence for people
  Instant at{};
};

// What came of a decision that was not a refusal. A closed set: these are label values.
enum class OutcomeKind {
  done,     // the signal was sent, the line was logged
  gone,     // the process ended before the action
  changed,  // it moved on, or its id names another process now: nothing was done
  failed,   // the system refused
  dry_run,  // enforcement is off: nothing was done
};
inline constexpr std::array all_outcomes{OutcomeKind::done, OutcomeKind::gone, OutcomeKind::changed,
                                         OutcomeKind::failed, OutcomeKind::dry_run};
[[nodiscard]] std::string_view name_of(OutcomeKind kind);

struct Outcome {
  Decision decision;
  OutcomeKind kind = OutcomeKind::failed;
  std::string detail;  // what the system said; empty if there is nothing to add
  Instant at{};
};

}  // namespace wedged
