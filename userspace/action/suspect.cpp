// SPDX-License-Identifier: Apache-2.0
// How we can be sure whom a signal reaches:
//   t0  the scan sees process P (thread group id and start time of its leader) and its stuck thread.
//   t1  pidfd_open(id) binds to whatever process has the id then.
//   t2  the thread is sampled again: same ids, same start times, so P still lives.
// P lived at t0 and at t2, hence also at t1, and while it lived nobody else could have its id: the descriptor
// is P's. Sampling before opening would prove nothing. After t2 the descriptor stays P's even if P ends: the
// signal then reaches nobody. Only the condition can still change between t2 and the signal, a few
// microseconds that nothing can close.
#include "action/suspect.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "action/pidfd.h"
#include "action/recheck.h"

namespace wedged {
namespace {

// What decide() has made sure of already. Checked again here, because a mistake here is a dead host.
std::string absurdity_of(const Decision& decision) {
  const Task& task = decision.finding.task;
  if (decision.verdict == Verdict::refuse) return "a refusal is not carried out";
  const bool aimed = decision.rung.aims_at_process();
  if (task.process.tgid < 1) return "the process's id is not known";
  if (aimed && (task.process.tgid == 1 || task.kernel_thread)) return "this process is never signalled";
  if (aimed && task.process.tgid == ::getpid()) return "the monitor does not signal itself";
  if (task.process.start_boottime_ns == 0 || task.id.start_boottime_ns == 0)
    return "the start time is not known";
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

Answer verify(const Finding& finding, const Fd& process, const SampleAgain& sample_again) {
  std::string change = "the thread has ended";
  for (const TaskId& id : witnesses_of(finding)) {
    const auto sample = sample_again(id);
    if (!sample && sample.error().kind == ErrorKind::gone) continue;
    if (!sample) return failed(sample.error().in("look at the thread again").message);
    const auto changed = change_since(finding, *sample);
    if (!changed) return {};
    change = *changed;
  }
  if (has_ended(process)) return {OutcomeKind::gone, "the process has ended"};
  return {OutcomeKind::changed, change};
}

}  // namespace

std::variant<Fd, Answer> hold_suspect(const Decision& decision, const SampleAgain& sample_again) {
  if (auto absurdity = absurdity_of(decision); !absurdity.empty()) return failed(absurdity);
  auto process = open_process(decision.finding.task.process.tgid);
  if (!process) return answer_of(process.error());
  auto answer = verify(decision.finding, *process, sample_again);
  if (answer.kind != OutcomeKind::done) return answer;
  return std::move(*process);
}

}  // namespace wedged
