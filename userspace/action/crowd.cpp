// SPDX-License-Identifier: Apache-2.0
#include "action/crowd.h"

#include "action/unit_cgroup.h"

namespace wedged {
namespace {

Answer guarded(const std::string& why) {
  return {OutcomeKind::guarded, why};
}

std::variant<Crowd, Answer> group_of(const Member& suspect) {
  if (suspect.process_group <= 1)
    return guarded("its process group is " + std::to_string(suspect.process_group) +
                   ", which is never reached");
  return Crowd{suspect.process_group, {}};
}

std::variant<Crowd, Answer> whole_cgroup(const std::string& cgroup) {
  if (cgroup == "/") return guarded("it is in the root cgroup, where everybody is");
  return Crowd{0, cgroup};
}

}  // namespace

bool Crowd::has(const Member& member) const {
  if (process_group != 0) return member.process_group == process_group;
  return !cgroup.empty() && lies_in(member.cgroup, cgroup);
}

std::string Crowd::text() const {
  return process_group != 0 ? "process group " + std::to_string(process_group) : "cgroup " + cgroup;
}

std::variant<Crowd, Answer> crowd_around(const Member& suspect, Reach reach, const Finding& finding) {
  if (reach == Reach::process_group) return group_of(suspect);
  const auto& details = finding.task.details;
  const auto known = details ? details->cgroup : std::string();
  if (known.empty() || suspect.cgroup.empty()) return failed("its cgroup is not known");
  if (known != suspect.cgroup) return Answer{OutcomeKind::changed, "it has moved to another cgroup"};
  if (reach == Reach::cgroup) return whole_cgroup(known);
  if (reach != Reach::unit) return failed("this reach is that of one process");
  if (finding.unit.empty()) return failed("its unit is not known");
  const auto cgroup = cgroup_of_unit(known, finding.unit);
  if (!cgroup) return failed("no part of its cgroup " + known + " names its unit " + finding.unit);
  return whole_cgroup(*cgroup);
}

}  // namespace wedged
