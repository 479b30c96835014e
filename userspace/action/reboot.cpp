// SPDX-License-Identifier: Apache-2.0
#include "action/reboot.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "action/suspect.h"

namespace wedged {
namespace {

Result<Fd> open_trigger(const std::string& path) {
  Fd trigger{::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!trigger.valid()) return system_error(errno, "reboot through " + path);
  return trigger;
}

}  // namespace

Step begin_reboot(const Decision& decision, const Policy& policy, const HostParts& parts) {
  if (!policy.allow_reboot) return failed("policy.allow_reboot is not true");
  const auto suspect = hold_suspect(decision, parts.sample_again);
  if (const auto* answer = std::get_if<Answer>(&suspect)) return *answer;
  const auto trigger = open_trigger(parts.sysrq_trigger);
  if (!trigger) return failed(trigger.error().message);
  if (decision.verdict != Verdict::act) return Answer{};
  if (::write(trigger->get(), "b", 1) != 1)
    return failed(system_error(errno, "reboot through " + parts.sysrq_trigger).message);
  return Answer{};
}

Status can_reboot(const std::string& sysrq_trigger) {
  const auto trigger = open_trigger(sysrq_trigger);
  if (!trigger) return trigger.error();
  return Nothing{};
}

}  // namespace wedged
