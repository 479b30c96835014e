// SPDX-License-Identifier: Apache-2.0
// How we can be sure whom a signal reaches:
//   t0  the scan sees process P (thread group id and start time of its leader) and its stuck thread.
//   t1  pidfd_open(id) binds to whatever process has the id then.
//   t2  the thread is sampled again: same ids, same start times, so P still lives.
// P lived at t0 and at t2, hence also at t1, and while it lived nobody else could have its id: the descriptor
// is P's. Sampling before opening would prove nothing. After t2 the descriptor stays P's even if P ends: the
// signal then reaches nobody. Only the condition can still change between t2 and the signal, a few
// microseconds that nothing can close.
#include "action/killer.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

#include "action/pidfd.h"
#include "action/recheck.h"
#include "policy/signals.h"

namespace wedged {
namespace {

// What decide() has made sure of already. Checked again here, because a mistake here is a dead host.
std::string absurdity_of(const Decision& decision) {
  const Task& task = decision.finding.task;
  if (decision.verdict == Verdict::refuse) return "a refusal is not carried out";
  if (task.process.tgid <= 1 || task.kernel_thread) return "this process is never signalled";
  if (task.process.tgid == ::getpid()) return "the monitor does not signal itself";
  if (task.process.start_boottime_ns == 0 || task.id.start_boottime_ns == 0)
    return "the start time is not known";
  if (!is_ladder_signal(decision.rung.signal_number))
    return signal_name(decision.rung.signal_number) + " is never sent";
  return {};
}

// Whose life proves that the process is still the same: the thread, or for a whole process any that is left
// of it.
std::vector<TaskId> witnesses_of(const Finding& finding) {
  std::vector<TaskId> ids{finding.task.id};
  if (!is_about_process(finding.key.cause)) return ids;
  for (const StuckThread& thread : finding.threads) ids.push_back(thread.task.id);
  const ProcessId& process = finding.task.process;
  ids.push_back({process.tgid, process.tgid, process.start_boottime_ns});
  return ids;
}

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

Outcome Killer::execute(const Decision& decision, Instant now) {
  Answer answer;
  if (decision.rung.action == ActionKind::signal) {
    answer = signal(decision);
  } else if (decision.verdict == Verdict::refuse) {
    answer = {OutcomeKind::failed, "a refusal is not carried out"};
  }
  if (answer.kind == OutcomeKind::done && decision.verdict == Verdict::dry_run)
    answer.kind = OutcomeKind::dry_run;
  return {decision, answer.kind, answer.detail, now};
}

Killer::Answer Killer::signal(const Decision& decision) const {
  if (auto absurdity = absurdity_of(decision); !absurdity.empty()) return {OutcomeKind::failed, absurdity};
  const auto failure = [](const Error& error) {
    return Answer{error.kind == ErrorKind::gone ? OutcomeKind::gone : OutcomeKind::failed, error.message};
  };
  const auto process = open_process(decision.finding.task.process.tgid);
  if (!process) return failure(process.error());
  if (auto answer = verify(decision.finding, *process); answer.kind != OutcomeKind::done) return answer;
  const bool dry_run = decision.verdict != Verdict::act;
  const Status sent = send_signal(*process, dry_run ? 0 : decision.rung.signal_number);
  return sent ? Answer{} : failure(sent.error());
}

Killer::Answer Killer::verify(const Finding& finding, const Fd& process) const {
  std::string change = "the thread has ended";
  for (const TaskId& id : witnesses_of(finding)) {
    const auto sample = sample_again_(id);
    if (!sample && sample.error().kind == ErrorKind::gone) continue;
    if (!sample) return {OutcomeKind::failed, sample.error().in("look at the thread again").message};
    const auto changed = change_since(finding, *sample);
    if (!changed) return {};
    change = *changed;
  }
  if (has_ended(process)) return {OutcomeKind::gone, "the process has ended"};
  return {OutcomeKind::changed, change};
}

}  // namespace wedged
