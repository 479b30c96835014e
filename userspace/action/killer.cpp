// SPDX-License-Identifier: Apache-2.0
#include "action/killer.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "action/answer.h"
#include "action/pidfd.h"
#include "action/suspect.h"
#include "policy/signals.h"

namespace wedged {
namespace {

bool has_cap_kill() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
  if (::syscall(SYS_capget, &header, data) != 0) return false;
  return (data[CAP_TO_INDEX(CAP_KILL)].effective & CAP_TO_MASK(CAP_KILL)) != 0;
}

Error needs_newer_kernel(const Error& error, const std::string& what) {
  return {ErrorKind::unsupported, error.message + ": " + what +
                                      ", and a system call filter of the service or container must allow it"};
}

Answer signal(const Decision& decision, const SampleAgain& sample_again) {
  const int number = decision.rung.signal_number;
  if (!is_ladder_signal(number)) return failed(signal_name(number) + " is never sent");
  const auto suspect = hold_suspect(decision, sample_again);
  if (const auto* answer = std::get_if<Answer>(&suspect)) return *answer;
  const bool dry_run = decision.verdict != Verdict::act;
  const Status sent = send_signal(std::get<Fd>(suspect), dry_run ? 0 : number);
  return sent ? Answer{} : answer_of(sent.error());
}

}  // namespace

Status Killer::self_test() {
  const auto self = open_process(::getpid());
  if (!self) return needs_newer_kernel(self.error(), "signals need pidfd_open (Linux 5.3)");
  const Status sent = send_signal(*self, 0);
  if (!sent) return needs_newer_kernel(sent.error(), "signals need pidfd_send_signal (Linux 5.1)");
  if (!has_cap_kill()) {
    return Error{ErrorKind::denied,
                 "CAP_KILL is missing: without it processes of other users cannot be signalled; "
                 "run as root, or grant it in the service's CapabilityBoundingSet"};
  }
  return Nothing{};
}

Outcome Killer::execute(const Decision& decision, Instant now) const {
  Answer answer;
  if (decision.rung.action == ActionKind::signal) {
    answer = signal(decision, sample_again_);
  } else if (decision.verdict == Verdict::refuse) {
    answer = failed("a refusal is not carried out");
  }
  if (answer.kind == OutcomeKind::done && decision.verdict == Verdict::dry_run)
    answer.kind = OutcomeKind::dry_run;
  return {decision, answer.kind, answer.detail, now};
}

}  // namespace wedged
