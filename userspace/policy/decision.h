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
  unit_limit,
  brake,          // enforcement has suspended itself
  foreign_root,   // its victims are of other units, and the rule does not name its own
  nothing_to_do,  // the rung does not fit: no unit to restart, a reboot that was not allowed
  no_ledger,      // what is done now could be forgotten by a crash
  busy,           // as much as may go on beside the scans does already; it is asked for again at the next
};
inline constexpr std::array all_refusals{
    Refusal::init_process,   Refusal::kernel_thread, Refusal::self,       Refusal::own_ancestor,
    Refusal::protected_name, Refusal::unknown_facts, Refusal::rule_limit, Refusal::host_limit,
    Refusal::cool_down,      Refusal::unit_limit,    Refusal::brake,      Refusal::foreign_root,
    Refusal::nothing_to_do,  Refusal::no_ledger,     Refusal::busy};

[[nodiscard]] std::string_view name_of(Verdict verdict);
[[nodiscard]] std::string_view name_of(Refusal refusal);

struct Decision {
  Finding finding;
  Role role =
      Role::root;  // the part that the process has in it; of a victim the finding is a view of its own
  std::string rule;
  std::string rule_file;  // where the rule was read; empty: unknown
  Rung rung;
  std::size_t rung_number = 0;  // 0 is the first
  std::size_t ladder_length = 1;
  Verdict verdict = Verdict::refuse;
  Refusal refusal = Refusal::none;
  std::string reason;  // a sentence for people
  Instant at{};
};

// What came of a decision that was not a refusal. A closed set: these are label values.
enum class OutcomeKind {
  done,       // the signal was sent, the line was logged
  gone,       // the process ended before the action
  changed,    // it moved on, or its id names another process now: nothing was done
  failed,     // the system refused
  dry_run,    // enforcement is off: nothing was done
  started,    // it goes on beside the loop; its end is another outcome
  timed_out,  // it did not end in time, and was ended
  guarded,    // among those that it would have reached is one that must never be: nothing was done
};
inline constexpr std::array all_outcomes{OutcomeKind::done,      OutcomeKind::gone,    OutcomeKind::changed,
                                         OutcomeKind::failed,    OutcomeKind::dry_run, OutcomeKind::started,
                                         OutcomeKind::timed_out, OutcomeKind::guarded};
[[nodiscard]] std::string_view name_of(OutcomeKind kind);

struct Outcome {
  Decision decision;
  OutcomeKind kind = OutcomeKind::failed;
  std::string detail;  // what the system said; empty if there is nothing to add
  Instant at{};
};

}  // namespace wedged
