// SPDX-License-Identifier: Apache-2.0
#include "action/dump.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <memory>
#include <utility>

#include "action/aide.h"
#include "action/dump_folder.h"
#include "action/job.h"
#include "action/pidfd.h"
#include "action/suspect.h"
#include "policy/match.h"

namespace wedged {
namespace {

constexpr std::chrono::seconds stacks_patience(30), core_patience(60);

DumpOrder order_of(const Decision& decision, const DumpStore& store) {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const bool core = decision.rung.dump == DumpKind::core;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
  return {store.directory,
          dump_name(milliseconds, decision.finding.task.process.tgid, process_name_of(decision.finding.task),
                    core ? "core" : "json"),
          store.quota_bytes, decision.verdict != Verdict::act};
}

SpawnPlan plan_of(const std::string& executable, const DumpOrder& order, std::optional<int> core_of) {
  SpawnPlan plan;
  plan.command = aide_arguments(order, core_of);
  plan.command.insert(plan.command.begin(), executable);
  plan.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
  plan.file_bytes = order.quota_bytes;
  return plan;
}

Step start(const SpawnPlan& plan, int extra, Instant deadline, Job::Judge judge) {
  auto child = spawn(plan, extra);
  if (!child) return failed(child.error().message);
  return std::make_unique<Job>(std::move(*child), deadline, std::move(judge));
}

bool has_thread_in_d_state(const Finding& finding) {
  return in_d_state(finding.task.state) ||
         std::any_of(finding.threads.begin(), finding.threads.end(),
                     [](const StuckThread& one) { return in_d_state(one.task.state); });
}

// gdb attaches with SIGSTOP. If it is killed before that has taken effect, the signal stays pending and stops
// the process when it wakes; SIGCONT takes it back (kernel/signal.c, prepare_signal). One that was stopped
// before stays stopped.
Answer judge_core(const JobEnd& end, const Fd& process, bool was_stopped) {
  auto answer = answer_of(end, "gcore");
  if (answer.kind != OutcomeKind::done && !was_stopped) static_cast<void>(send_signal(process, SIGCONT));
  return answer;
}

Step begin_core(const Decision& decision, const Policy& policy, const HostParts& parts, Instant now) {
  const Finding& finding = decision.finding;
  auto suspect = hold_suspect(decision, parts.sample_again);
  if (auto* answer = std::get_if<Answer>(&suspect)) return *answer;
  if (has_thread_in_d_state(finding))
    return failed("a thread is in D state: gcore would wait for it, and leave the process stopped");
  const auto plan =
      plan_of(parts.own_executable, order_of(decision, policy.dumps), finding.task.process.tgid);
  const auto process = std::make_shared<Fd>(std::move(std::get<Fd>(suspect)));
  const bool rehearsal = decision.verdict != Verdict::act;
  const bool leave_alone = rehearsal || is_stopped(finding.task);
  return start(plan, process->get(), now + core_patience,
               [process, leave_alone](const JobEnd& end) { return judge_core(end, *process, leave_alone); });
}

}  // namespace

Step begin_dump(const Decision& decision, const Policy& policy, const HostParts& parts, Instant now) {
  if (decision.rung.dump == DumpKind::core) return begin_core(decision, policy, parts, now);
  auto plan = plan_of(parts.own_executable, order_of(decision, policy.dumps), std::nullopt);
  plan.input = parts.render(decision);
  return start(plan, -1, now + stacks_patience, [](const JobEnd& end) { return answer_of(end, "the dump"); });
}

}  // namespace wedged
