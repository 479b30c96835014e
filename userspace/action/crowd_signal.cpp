// SPDX-License-Identifier: Apache-2.0
#include "action/crowd_signal.h"

#include <csignal>
#include <memory>
#include <utility>

#include "action/errand.h"
#include "action/pidfd.h"
#include "action/suspect.h"
#include "policy/signals.h"

namespace wedged {
namespace {

constexpr std::chrono::seconds patience(30);  // for a kernel that answers

struct Plan {
  Finding finding;
  Rung rung;
  bool dry_run;
  CrowdGuard guard;
  decltype(HostParts::cgroup_folder) cgroup_folder;
};

std::string cgroup_kill_of(const Plan& plan, const Crowd& crowd) {
  if (crowd.process_group != 0 || plan.rung.signal_number != SIGKILL) return {};
  const auto folder = plan.cgroup_folder(crowd.cgroup);
  return folder ? *folder + "/cgroup.kill" : std::string();
}

Answer carry_out(const Plan& plan, const Fd& process, const std::atomic<bool>& stop) {
  const auto surrounded = surround(process, plan.finding, plan.rung.reach, plan.guard.members);
  if (const auto* answer = std::get_if<Answer>(&surrounded)) return *answer;
  const auto& [suspect, crowd] = std::get<Surrounded>(surrounded);
  CrowdKiller killer(plan.guard, crowd, plan.rung.signal_number, plan.dry_run, cgroup_kill_of(plan, crowd));
  return killer.signal(suspect, stop);
}

}  // namespace

std::variant<Surrounded, Answer> surround(const Fd& process, const Finding& finding, Reach reach,
                                          const HostMembers& members) {
  const auto suspect = members.one(finding.task.process.tgid);
  if (!suspect) return answer_of(suspect.error());
  // It has not ended, so what was just read is about it and about nobody who got its id.
  if (has_ended(process)) return Answer{OutcomeKind::gone, "the process has ended"};
  const auto crowd = crowd_around(*suspect, reach, finding);
  if (const auto* answer = std::get_if<Answer>(&crowd)) return *answer;
  return Surrounded{*suspect, std::get<Crowd>(crowd)};
}

Step begin_crowd_signal(const Decision& decision, const Policy& policy, const HostParts& parts, Instant now) {
  const int number = decision.rung.signal_number;
  if (!is_ladder_signal(number)) return failed(signal_name(number) + " is never sent");
  auto suspect = hold_suspect(decision, parts.sample_again);
  if (auto* answer = std::get_if<Answer>(&suspect)) return *answer;
  Plan plan{decision.finding,
            decision.rung,
            decision.verdict != Verdict::act,
            {parts.members, parts.surroundings, policy.protect},
            parts.cgroup_folder};
  auto process = std::make_shared<Fd>(std::move(std::get<Fd>(suspect)));
  return std::make_unique<Errand>(
      [plan = std::move(plan), process = std::move(process)](const std::atomic<bool>& stop) {
        return carry_out(plan, *process, stop);
      },
      now + patience);
}

}  // namespace wedged
