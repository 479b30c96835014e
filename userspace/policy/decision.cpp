// SPDX-License-Identifier: Apache-2.0
// The label values of decisions and outcomes.
#include "policy/decision.h"

namespace wedged {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::act: return "act";
    case Verdict::dry_run: return "dry_run";
    case Verdict::refuse: return "refuse";
  }
  return "unknown";
}

std::string_view name_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::none: return "none";
    case Refusal::init_process: return "init_process";
    case Refusal::kernel_thread: return "kernel_thread";
    case Refusal::self: return "self";
    case Refusal::own_ancestor: return "own_ancestor";
    case Refusal::protected_name: return "protected_name";
    case Refusal::unknown_facts: return "unknown_facts";
    case Refusal::rule_limit: return "rule_limit";
    case Refusal::host_limit: return "host_limit";
    case Refusal::cool_down: return "cool_down";
    case Refusal::unit_limit: return "unit_limit";
    case Refusal::brake: return "brake";
    case Refusal::foreign_root: return "foreign_root";
    case Refusal::nothing_to_do: return "nothing_to_do";
    case Refusal::no_ledger: return "no_ledger";
    case Refusal::busy: return "busy";
  }
  return "unknown";
}

std::string_view name_of(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::done: return "done";
    case OutcomeKind::gone: return "gone";
    case OutcomeKind::changed: return "changed";
    case OutcomeKind::failed: return "failed";
    case OutcomeKind::dry_run: return "dry_run";
    case OutcomeKind::started: return "started";
    case OutcomeKind::timed_out: return "timed_out";
    case OutcomeKind::guarded: return "guarded";
  }
  return "unknown";
}

}  // namespace wedged
