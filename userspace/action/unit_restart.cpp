// SPDX-License-Identifier: Apache-2.0
#include "action/unit_restart.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "action/aide.h"
#include "action/crowd_signal.h"
#include "action/errand.h"
#include "action/job.h"
#include "action/member_guard.h"
#include "action/suspect.h"
#include "action/unit_cgroup.h"

namespace wedged {
namespace {

constexpr std::chrono::seconds guard_patience(30);
// Somewhat more than DefaultTimeoutStopSec= of systemd-system.conf(5): its own SIGKILL comes before our next
// step.
constexpr Duration least_patience = std::chrono::seconds(100);

Answer look_at_members(const CrowdGuard& guard, const Finding& finding, const Fd& process) {
  const auto surrounded = surround(process, finding, Reach::unit, guard.members);
  if (const auto* answer = std::get_if<Answer>(&surrounded)) return *answer;
  const auto admitted = guard.admitted(std::get<Surrounded>(surrounded).crowd);
  if (const auto* answer = std::get_if<Answer>(&admitted)) return *answer;
  return {};
}

Answer judge(const JobEnd& end) {
  if (end.timed_out)
    return {OutcomeKind::timed_out, "systemd did not say in time how the restart ended, and goes on with it"};
  return answer_of(end, "the restart");
}

class Restart final : public Work {
 public:
  Restart(std::unique_ptr<Work> guard, SpawnPlan plan, Duration patience)
      : stage_(std::move(guard)), plan_(std::move(plan)), patience_(patience) {}

  [[nodiscard]] std::optional<Answer> poll(Instant now) override {
    auto answer = stage_->poll(now);
    if (!answer || guarded_ || answer->kind != OutcomeKind::done) return answer;
    guarded_ = true;
    auto child = spawn(plan_);
    if (!child) return failed(child.error().message);
    stage_ = std::make_unique<Job>(std::move(*child), now + patience_, judge);
    return std::nullopt;
  }
  [[nodiscard]] bool over() override { return stage_->over(); }
  void end() override { stage_->end(); }

 private:
  std::unique_ptr<Work> stage_;
  SpawnPlan plan_;
  Duration patience_;
  bool guarded_ = false;
};

SpawnPlan plan_of(const std::string& executable, const RestartOrder& order) {
  SpawnPlan plan;
  plan.command = aide_arguments(order);
  plan.command.insert(plan.command.begin(), executable);
  return plan;
}

// By names alone: what is never restarted, and what is not a unit of the host's service manager.
std::variant<std::string, Answer> cgroup_to_restart(const Finding& finding) {
  if (finding.unit.empty() || !finding.task.details) return failed("its unit is not known");
  if (auto objection = unit_objection(finding.unit)) return Answer{OutcomeKind::guarded, *objection};
  const auto& own = finding.task.details->cgroup;
  const auto cgroup = cgroup_of_unit(own, finding.unit);
  if (!cgroup) return failed("no part of its cgroup " + own + " names its unit " + finding.unit);
  if (!is_of_host_manager(*cgroup))
    return failed(finding.unit + " at " + *cgroup + " is no unit of the host's service manager");
  return *cgroup;
}

}  // namespace

Step begin_unit_restart(const Decision& decision, const Policy& policy, const HostParts& parts, Instant now) {
  const auto cgroup = cgroup_to_restart(decision.finding);
  if (const auto* answer = std::get_if<Answer>(&cgroup)) return *answer;
  auto suspect = hold_suspect(decision, parts.sample_again);
  if (auto* answer = std::get_if<Answer>(&suspect)) return *answer;
  const Duration patience = std::max(decision.rung.grace, least_patience);
  const auto plan = plan_of(parts.own_executable, {decision.finding.unit, std::get<std::string>(cgroup),
                                                   patience, decision.verdict != Verdict::act});
  auto process = std::make_shared<Fd>(std::move(std::get<Fd>(suspect)));
  const CrowdGuard guard{parts.members, parts.surroundings, policy.protect};
  auto look = std::make_unique<Errand>(
      [guard, finding = decision.finding, process = std::move(process)](const std::atomic<bool>&) {
        return look_at_members(guard, finding, *process);
      },
      now + guard_patience);
  return std::make_unique<Restart>(std::move(look), plan, patience);
}

}  // namespace wedged
