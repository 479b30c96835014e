// SPDX-License-Identifier: Apache-2.0
#include "report/rehearsal_text.h"

#include <algorithm>
#include <cstdio>

#include "report/escape.h"
#include "report/format.h"

namespace wedged {
namespace {

std::string count_of(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// "+12.1 s", columns of it.
std::string moment(const ClockPair& at, const Rehearsal& rehearsal, bool assumed) {
  char text[32];
  std::snprintf(text, sizeof text, "+%.1f s%s", seconds_of(at.monotonic - rehearsal.begin.monotonic),
                assumed ? "*" : " ");
  const std::string moment = text;
  constexpr std::size_t columns = 11;
  return std::string(moment.size() < columns ? columns - moment.size() : 0, ' ') + moment;
}

std::string cause_text(const Finding& finding) {
  return std::string(name_of(finding.key.cause)) + " (" + std::string(name_of(finding.certainty)) + ")";
}

std::string verdict_text(const Decision& decision) {
  switch (decision.verdict) {
    case Verdict::act: return "would be done";
    case Verdict::dry_run: return "dry run: would be due, but is not enforced";
    case Verdict::refuse: break;
  }
  return "refused (" + std::string(name_of(decision.refusal)) + "): " + printable(decision.reason);
}

std::string decision_text(const RehearsedDecision& step, const Rehearsal& rehearsal) {
  const Decision& decision = step.decision;
  const std::string indent(13, ' ');
  const bool victim = decision.role == Role::victim;
  return moment(step.at, rehearsal, step.assumed) + "  " + process_text(decision.finding.task) + " " +
         cause_text(decision.finding) + " for " + duration_text(decision.finding.lasted) + "\n" + indent +
         printable(decision.finding.summary) + "\n" + indent + "rule " + printable(decision.rule) +
         (victim ? ", as a victim" : "") + ", step " + std::to_string(decision.rung_number + 1) + " of " +
         std::to_string(decision.ladder_length) + ", " + decision.rung.name() + ": " +
         verdict_text(decision) + "\n";
}

std::string misfit_text(const RehearsedFinding& finding) {
  std::string text = "No rule matched " + cause_text(finding.finding) + " of " +
                     process_text(finding.finding.task) + ": " + printable(finding.finding.summary) + "\n";
  if (!finding.nearest) return text + "  there are no rules\n";
  text += "  nearest is rule " + printable(finding.nearest->rule) + ", but:\n";
  for (const auto& reason : finding.nearest->reasons) text += "  - " + printable(reason) + "\n";
  return text;
}

std::string head_text(const Rehearsal& rehearsal, const Policy& policy, const std::string& name) {
  const Duration recorded = rehearsal.recorded_until.monotonic - rehearsal.begin.monotonic;
  const Duration assumed = rehearsal.end.monotonic - rehearsal.recorded_until.monotonic;
  std::string text = printable(name) + ": " + count_of(rehearsal.recorded_scans, "scan") + " in " +
                     duration_text(recorded) + ", recorded until " +
                     time_text(rehearsal.recorded_until.wall) + "\n";
  if (rehearsal.assumed_scans > 0)
    text += "* then an assumption: as if it stayed stuck for " + duration_text(assumed) +
            ", whatever is done about it (" + count_of(rehearsal.assumed_scans, "more scan") + ")\n";
  return text + "policy: " + count_of(policy.rules.size(), "rule") + ", " +
         (policy.enforce ? "enforced" : "not enforced (dry run)") + "; nothing is done here\n";
}

std::size_t count_verdicts(const Rehearsal& rehearsal, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(rehearsal.decisions.begin(), rehearsal.decisions.end(),
                    [&](const auto& step) { return step.decision.verdict == verdict; }));
}

std::string summary_text(const Rehearsal& rehearsal) {
  return count_of(rehearsal.findings.size(), "finding") + ": " +
         count_of(count_verdicts(rehearsal, Verdict::act), "step") + " would be done, " +
         std::to_string(count_verdicts(rehearsal, Verdict::dry_run)) + " in dry run, " +
         std::to_string(count_verdicts(rehearsal, Verdict::refuse)) + " refused\n";
}

}  // namespace

std::string rehearsal_text(const Rehearsal& rehearsal, const Policy& policy, const std::string& name) {
  std::string text = head_text(rehearsal, policy, name) + "\n";
  for (const auto& step : rehearsal.decisions) text += decision_text(step, rehearsal);
  if (!rehearsal.decisions.empty()) text += "\n";
  for (const auto& finding : rehearsal.findings) {
    if (!finding.matched) text += misfit_text(finding);
  }
  return text + summary_text(rehearsal);
}

}  // namespace wedged
