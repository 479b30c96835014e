// SPDX-License-Identifier: Apache-2.0
#include "action/member_guard.h"

#include <algorithm>

#include "policy/match.h"
#include "policy/protection.h"

namespace wedged {
namespace {

using Reason = std::optional<std::string>;

Reason role_of(const Member& member, const Surroundings& surroundings) {
  const auto& ancestors = surroundings.ancestors;
  const bool ancestor = std::find(ancestors.begin(), ancestors.end(), member.tgid) != ancestors.end();
  if (member.tgid == 1) return "it is process 1";
  if (member.kernel_thread) return "it is a kernel thread";
  if (member.tgid == surroundings.own_tgid) return "it is the monitor itself";
  if (ancestor) return "the monitor descends from it";
  return std::nullopt;
}

Reason protection_of(const Member& member, const std::vector<std::string>& protect) {
  const auto* name = protecting_glob(protect, member.comm, false);
  if (!member.comm.empty() && name) return "its name is protected (" + *name + ")";
  const auto* path = protecting_glob(protect, member.exe, true);
  if (!member.exe.empty() && path) return member.exe + " is protected (" + *path + ")";
  return std::nullopt;
}

Reason unknown_of(const Member& member, const std::vector<std::string>& protect,
                  const Surroundings& surroundings) {
  if (surroundings.own_tgid <= 0) return "the monitor does not know which process it is itself";
  if (member.tgid <= 0) return "this host's process ids do not name it";
  if (member.start_ticks == 0) return "its start time is not known";
  if (member.comm.empty()) return "its name is not known";
  if (protects_paths(protect) && member.exe.empty())
    return "executables are protected, and its own is not known";
  return std::nullopt;
}

}  // namespace

Reason member_objection(const Member& member, const std::vector<std::string>& protect,
                        const Surroundings& surroundings) {
  auto reason = role_of(member, surroundings);
  if (!reason) reason = protection_of(member, protect);
  if (!reason) reason = unknown_of(member, protect, surroundings);
  if (!reason) return std::nullopt;
  const auto name = member.comm.empty() ? std::string("a process") : member.comm;
  return name + "[" + std::to_string(member.tgid) + "] would be reached: " + *reason;
}

Reason members_objection(const std::vector<Member>& members, const std::vector<std::string>& protect,
                         const Surroundings& surroundings) {
  for (const auto& member : members) {
    if (auto reason = member_objection(member, protect, surroundings)) return reason;
  }
  return std::nullopt;
}

Reason unit_objection(const std::string& unit) {
  static const std::vector<std::string> protected_units{"-.slice", "init.scope", "user@*.service",
                                                        "dbus*",   "systemd-*",  "session-*.scope"};
  const std::string* glob = matching_glob(protected_units, unit);
  if (glob) return unit + " is never restarted (" + *glob + ")";
  if (!unit.ends_with(".service")) return unit + " is no service: only those can be restarted";
  return std::nullopt;
}

}  // namespace wedged
