// SPDX-License-Identifier: Apache-2.0
// crashed_thread: SIGSEGV, SIGBUS, SIGFPE, SIGILL or SIGABRT was delivered to a handler that never returned,
// that thread then exited alone, and the process lives. Reported at once: what the thread held, it holds for
// ever. A program may also leave a handler by siglongjmp and end the thread much later in good order, so
// certainty falls with time.
#include <algorithm>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/ended_thread.h"

namespace wedged {
namespace {

constexpr Duration surely_within = std::chrono::seconds(10);
constexpr Duration perhaps_within = std::chrono::minutes(10);

std::string milliseconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) + " ms";
}

Finding make_finding(const Crash& crash, const Change& witness, Instant now) {
  const auto signal = name_of_signal(crash.signal);
  const auto after = crash.exited - crash.delivered;
  Finding finding;
  finding.key = {Cause::crashed_thread, crash.id};
  finding.certainty = after <= surely_within ? Certainty::certain : Certainty::likely;
  finding.task = witness.task;
  finding.unit = witness.task.details ? unit_of(witness.task.details->cgroup) : "";
  finding.since = crash.exited;
  finding.since_exact = true;
  finding.lasted = std::max(now - crash.exited, Duration::zero());  // it may have come during the scan
  const auto name = name_of_thread(crash.id, crash.comm);
  finding.summary = crash.process_comm + "[" + std::to_string(crash.process.tgid) + "] goes on without its " +
                    name + ", which crashed: " + signal +
                    " was delivered to a handler that never returned, and the thread ended " + "alone";
  finding.evidence.push_back(signal + " delivered to a handler in " + name + "; it exited " +
                             milliseconds(after) + " later without having returned from the handler");
  finding.evidence.push_back("the process was not told to exit; locks that the thread held stay locked");
  finding.chain.push_back({"thread", std::to_string(crash.id.tid) + " (" + crash.comm + ")"});
  finding.chain.push_back({"crashed by", signal});
  finding.chain.push_back({"exited alone in", "its signal handler"});
  finding.threads.push_back(ended_thread(crash, "nothing any more: it crashed"));
  return finding;
}

}  // namespace

std::vector<Finding> find_crashed_threads(const Changes& changes) {
  std::vector<Finding> findings;
  for (const auto& crash : changes.crashes) {
    const auto* witness = survivor_of(crash.process, changes);
    if (witness != nullptr && crash.exited - crash.delivered <= perhaps_within)
      findings.push_back(make_finding(crash, *witness, changes.now.monotonic));
  }
  return findings;
}

}  // namespace wedged
