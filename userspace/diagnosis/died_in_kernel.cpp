// SPDX-License-Identifier: Apache-2.0
// died_in_kernel: entered a system call other than exit, never left it, and ended in it by a signal that
// nobody sent, alone, without its process having been told to exit; the process lives. That is how an oops
// ends a thread: the kernel calls do_exit itself, with a signal as the exit code that it never delivered
// (make_task_dead, before Linux 5.17 do_exit; x86: oops_end, arm64: die). A signal that is delivered makes
// the whole process exit (do_group_exit). Or the main thread was gone before it was watched, and the kernel's
// log has a report of an oops in it.
#include <algorithm>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/ended_thread.h"

namespace wedged {
namespace {

// Says no any more when the process has called exec: it has lost nothing then.
bool lives_on(const Death& death, const Changes& changes) {
  return std::any_of(changes.suspects.begin(), changes.suspects.end(), [&](const Change& change) {
    return change.task.process == death.process && change.task.death_seen;
  });
}

std::string call_of(const Death& death) {
  Task task;
  task.call.emplace();
  task.call->number = death.call_number;
  return death.call_number < 0 ? "the kernel" : describe_call(task);
}

// What the report says first, and where the kernel was: "RIP: 0010:..." on x86, "pc : ..." on arm64.
void add_report(const OopsReport& report, std::vector<std::string>& evidence) {
  evidence.push_back("the kernel's log reports it: " + report.what);
  const auto place = std::find_if(report.lines.begin(), report.lines.end(), [](const std::string& line) {
    return line.find("RIP:") != std::string::npos || line.find("pc : ") != std::string::npos;
  });
  if (place != report.lines.end()) evidence.push_back("in its report: " + *place);
}

std::vector<std::string> evidence_of(const Death& death, const Changes& changes) {
  const auto code = std::to_string(death.exit_code);
  std::vector<std::string> evidence{
      name_of_thread(death.id, death.comm) + " entered " + call_of(death) +
          ", never came back from it and exited",
      "its exit code is " + code + " (" + name_of_signal(signal_of(death)) +
          "), a signal that was not delivered to it",
      "the process was not told to exit; what the thread held locked, in the kernel or in the program, stays "
      "locked"};
  if (const auto* report = report_of(changes.oopses, death.id.tid, death.at)) add_report(*report, evidence);
  return evidence;
}

Finding make_finding(const Death& death, const Change& witness, const Changes& changes) {
  const auto process = death.process_comm + "[" + std::to_string(death.process.tgid) + "]";
  Finding finding;
  finding.key = {Cause::died_in_kernel, death.id};
  finding.certainty = Certainty::certain;
  finding.task = witness.task;
  finding.unit = witness.task.details ? unit_of(witness.task.details->cgroup) : "";
  finding.since = death.at;
  finding.since_exact = true;
  finding.lasted =
      std::max(changes.now.monotonic - death.at, Duration::zero());  // it may have come during the scan
  finding.summary = process + " goes on without its " + name_of_thread(death.id, death.comm) +
                    ", which died in the kernel: it never came back from " + call_of(death) +
                    ", and nobody had told it to end";
  finding.evidence = evidence_of(death, changes);
  finding.chain.push_back({"thread", std::to_string(death.id.tid) + " (" + death.comm + ")"});
  finding.chain.push_back({"of process", process});
  finding.chain.push_back({"died inside system call", call_of(death)});
  finding.threads.push_back(ended_thread(death, "nothing any more: it died in " + call_of(death)));
  return finding;
}

// A main thread that died before it was watched is still there, and so is perhaps the kernel's report.
const OopsReport* report_of_lost(const Change& leader, const Changes& changes) {
  const auto& task = leader.task;
  const bool lost = task.state == RunState::dead && task.id.tid == task.id.tgid && task.process_threads > 1;
  if (!lost || !leader.seen_before || task.group_exiting || task.kill_pending) return nullptr;
  const bool seen_to_die = std::any_of(changes.deaths.begin(), changes.deaths.end(),
                                       [&](const Death& death) { return death.id == task.id; });
  if (seen_to_die) return nullptr;
  const Instant born{Duration{static_cast<std::int64_t>(task.id.start_boottime_ns)} - changes.suspended};
  return report_between(changes.oopses, task.id.tid, born, changes.now.monotonic);
}

Finding make_finding(const Change& leader, const OopsReport& report, const Changes& changes) {
  const auto& witness = survivor_of(leader.task.process, changes)->task;
  const auto process = leader.task.process_comm + "[" + std::to_string(leader.task.id.tgid) + "]";
  Finding finding;
  finding.key = {Cause::died_in_kernel, leader.task.id};
  finding.certainty = Certainty::likely;
  finding.task = witness;
  finding.unit = witness.details ? unit_of(witness.details->cgroup) : "";
  finding.since = report.at;
  finding.lasted = changes.now.monotonic - report.at;
  finding.summary = process + " goes on without its main thread, which died in the kernel: " + report.what;
  finding.evidence.emplace_back("the main thread was dead already when it was first seen, and others live");
  add_report(report, finding.evidence);
  finding.chain.push_back({"main thread", std::to_string(leader.task.id.tid)});
  finding.chain.push_back({"of process", process});
  finding.chain.push_back({"died of", report.what});
  finding.threads.push_back({leader.task, leader.waiting, {}, "nothing any more: it died in the kernel"});
  return finding;
}

}  // namespace

std::vector<Finding> find_deaths_in_kernel(const Changes& changes) {
  std::vector<Finding> findings;
  for (const auto& death : changes.deaths) {
    if (!died_in_kernel(death) || !lives_on(death, changes)) continue;
    if (const auto* witness = survivor_of(death.process, changes))
      findings.push_back(make_finding(death, *witness, changes));
  }
  for (const auto& change : changes.suspects) {
    if (const auto* report = report_of_lost(change, changes))
      findings.push_back(make_finding(change, *report, changes));
  }
  return findings;
}

}  // namespace wedged
