// SPDX-License-Identifier: Apache-2.0
// kernel_loop: in one system call for longer than the threshold, never asleep and never in user mode since,
// while its system time grows and its user time does not. A thread whose system time does not grow gets no
// CPU: it is starved. A virtual CPU (KVM_RUN) is accounted as user time while its guest runs.
#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"

namespace wedged {
namespace {

// An exiting thread frees what its process had, and a terabyte takes its time.
bool loops(const Change& change, Duration threshold) {
  const auto& task = change.task;
  const bool in_kernel = task.state == RunState::running && task.call && !task.exiting && !task.kernel_thread;
  return in_kernel && change.same_loop && change.looping > threshold &&
         change.system_time > Duration::zero() && change.user_time == Duration::zero();
}

std::vector<std::string> evidence_of(const Change& change, Duration threshold) {
  const auto system = std::chrono::duration_cast<std::chrono::milliseconds>(change.system_time).count();
  return {"in " + describe_call(change.task) + " for " + spoken(*change.looping) + reported_from(threshold) +
              " without a sleep and without a step in user mode",
          "since the last scan it took " + std::to_string(system) +
              " ms of CPU in the kernel and none in the program"};
}

// It does not wait there: it runs.
std::vector<BlameLink> chain_of(const Task& task) {
  auto chain = blame_chain(task);
  for (auto& link : chain) {
    if (link.what == "waits in") link.what = "runs in";
  }
  return chain;
}

Finding make_finding(const Change& change, Duration threshold) {
  const auto& task = change.task;
  Finding finding;
  finding.key = {Cause::kernel_loop, task.id};
  finding.certainty = Certainty::likely;
  finding.task = task;
  finding.unit = task.details ? unit_of(task.details->cgroup) : "";
  finding.since = *task.scheduling.looping_since;
  finding.lasted = *change.looping;
  finding.summary = describe_task(task) + " has run in the kernel for " + spoken(*change.looping) + ": " +
                    describe_call(task) + " neither sleeps nor returns";
  finding.evidence = evidence_of(change, threshold);
  finding.chain = chain_of(task);
  finding.threads.push_back({task, {}, change.in_call, "nothing: it runs in the kernel"});
  return finding;
}

}  // namespace

std::vector<Finding> find_kernel_loops(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& change : changes.suspects) {
    if (loops(change, thresholds.kernel_loop))
      findings.push_back(make_finding(change, thresholds.kernel_loop));
  }
  return findings;
}

}  // namespace wedged
