// SPDX-License-Identifier: Apache-2.0
#include "action/hook.h"

#include <memory>
#include <utility>

#include "action/job.h"
#include "action/suspect.h"
#include "policy/match.h"

namespace wedged {

SpawnPlan hook_plan(const Decision& decision, std::string input) {
  const Hook& hook = decision.rung.hook;
  const Finding& finding = decision.finding;
  SpawnPlan plan;
  plan.command = hook.command;
  plan.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                      "WEDGED_RULE=" + decision.rule,
                      "WEDGED_CAUSE=" + std::string(name_of(finding.key.cause)),
                      "WEDGED_CERTAINTY=" + std::string(name_of(finding.certainty)),
                      "WEDGED_PID=" + std::to_string(finding.task.process.tgid),
                      "WEDGED_COMM=" + process_name_of(finding.task),
                      "WEDGED_UNIT=" + finding.unit,
                      "WEDGED_STEP=" + std::to_string(decision.rung_number + 1)};
  plan.input = std::move(input);
  plan.cpu_time = hook.timeout;
  plan.memory_bytes = hook.memory_bytes;
  plan.rehearsal = decision.verdict != Verdict::act;
  return plan;
}

Step begin_hook(const Decision& decision, const HostParts& parts, Instant now) {
  const auto suspect = hold_suspect(decision, parts.sample_again);
  if (const auto* answer = std::get_if<Answer>(&suspect)) return *answer;
  auto child = spawn(hook_plan(decision, parts.render(decision)));
  if (!child) return failed(child.error().message);
  const std::string program = decision.rung.hook.command[0];
  return std::make_unique<Job>(std::move(*child), now + decision.rung.hook.timeout,
                               [program](const JobEnd& end) { return answer_of(end, program); });
}

}  // namespace wedged
