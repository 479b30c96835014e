// SPDX-License-Identifier: Apache-2.0
// How we can be sure whom each signal reaches: a member is listed with the start time of its process; a
// descriptor of its id is opened; then the id is looked at again. If the start time is still the same, the
// process lived from the first look to the second, and the descriptor is its own. No signal goes to a group
// as a whole: kill(2) of a negative id reaches whoever is in it then, guarded or not.
#include "action/crowd_killer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "action/member_guard.h"
#include "action/pidfd.h"
#include "action/unit_cgroup.h"
#include "util/fd.h"

namespace wedged {
namespace {

constexpr int rounds_at_most = 8;  // for those that are born while their parents are killed

Answer guarded(const std::string& why) {
  return {OutcomeKind::guarded, why};
}

bool has_identity(const std::vector<Member>& members, const Member& wanted) {
  return std::any_of(members.begin(), members.end(), [&](const Member& one) {
    return one.tgid == wanted.tgid && one.start_ticks == wanted.start_ticks;
  });
}

}  // namespace

std::variant<std::vector<Member>, Answer> CrowdGuard::admitted(const Crowd& crowd) const {
  const auto monitor = members.one(surroundings.own_tgid);
  if (!monitor || (crowd.process_group == 0 && monitor->cgroup.empty()))
    return guarded("it is not known where the monitor itself is");
  if (crowd.has(*monitor)) return guarded("the monitor itself is in " + crowd.text());
  auto listed =
      crowd.process_group != 0 ? members.of_group(crowd.process_group) : members.of_cgroup(crowd.cgroup);
  if (!listed) return answer_of(listed.error());
  if (auto objection = members_objection(*listed, protect, surroundings)) return guarded(*objection);
  return std::move(*listed);
}

Answer CrowdKiller::signal(const Member& suspect, const std::atomic<bool>& stop) {
  // Who starts a helper in order to end well is asked once; only death is for the children as well.
  const int rounds = signal_number_ == SIGKILL && !dry_run_ ? rounds_at_most : 1;
  for (int round = 0; round < rounds && !stop; ++round) {
    const auto admitted = guard_.admitted(crowd_);
    if (const auto* objection = std::get_if<Answer>(&admitted)) {
      if (round == 0) return *objection;
      if (objection->kind == OutcomeKind::guarded) objection_ = objection->detail;
      break;
    }
    const auto& members = std::get<std::vector<Member>>(admitted);
    if (round == 0 && !has_identity(members, suspect))
      return {OutcomeKind::changed, "the process is no longer in " + crowd_.text()};
    if (stop) break;  // given up while they were listed: the finding may long be over
    if (round == 0 && kill_whole_cgroup(stop))
      return {OutcomeKind::done,
              "cgroup.kill of " + crowd_.text() + ", " + std::to_string(members.size()) + " processes"};
    const auto before = tried_.size();
    signal_each(members, stop);
    if (tried_.size() == before || !objection_.empty()) break;
  }
  return answer();
}

// Since Linux 5.14 (661ee6280931): all that are in it die, those included that are being forked. Not allowed
// for a threaded cgroup, nor where the cgroup file system is read-only: then one by one.
bool CrowdKiller::kill_whole_cgroup(const std::atomic<bool>& stop) const {
  if (cgroup_kill_.empty() || dry_run_ || signal_number_ != SIGKILL) return false;
  const Fd file{::open(cgroup_kill_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
  return file.valid() && !stop && ::write(file.get(), "1", 1) == 1;
}

void CrowdKiller::signal_each(const std::vector<Member>& members, const std::atomic<bool>& stop) {
  for (const auto& member : members) {
    if (stop || !objection_.empty()) return;
    if (tried_.insert({member.tgid, member.start_ticks}).second) signal_one(member, stop);
  }
}

void CrowdKiller::signal_one(const Member& member, const std::atomic<bool>& stop) {
  const auto note = [&](const Error& error) {
    if (error.kind != ErrorKind::gone && refusal_.empty()) refusal_ = error.in(member.comm).message;
  };
  const auto process = open_process(member.tgid);
  if (!process) return note(process.error());
  const auto now = guard_.members.one(member.tgid);
  if (!now) return note(now.error());
  if (now->start_ticks != member.start_ticks || !crowd_.has(*now)) return;
  if (auto objection = member_objection(*now, guard_.protect, guard_.surroundings)) {
    objection_ = *objection;
    return;
  }
  if (stop) return;
  const Status sent = send_signal(*process, dry_run_ ? 0 : signal_number_);
  if (!sent) return note(sent.error());
  ++sent_;
}

Answer CrowdKiller::answer() const {
  const auto count = std::to_string(sent_) + (sent_ == 1 ? " process" : " processes");
  if (!objection_.empty())
    return guarded(objection_ + (sent_ == 0 ? "" : ", after " + count + " had been signalled"));
  if (!refusal_.empty()) return failed(refusal_ + " (" + count + " of " + crowd_.text() + " signalled)");
  if (sent_ == 0) return {OutcomeKind::gone, "nobody is left in " + crowd_.text()};
  return {OutcomeKind::done, count + " of " + crowd_.text()};
}

}  // namespace wedged
