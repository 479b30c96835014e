// SPDX-License-Identifier: Apache-2.0
#include "action/host_executor.h"

#include <csignal>
#include <exception>
#include <utility>

#include "action/crowd_signal.h"
#include "action/dump.h"
#include "action/hook.h"
#include "action/reboot.h"
#include "action/unit_bus.h"
#include "action/unit_restart.h"

namespace wedged {
namespace {

// Whoever started us may have had it ignored: then the kernel reaps our children itself, and their ids may be
// others' before we know.
void keep_ended_children() {
  struct sigaction now {};
  if (::sigaction(SIGCHLD, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) ::signal(SIGCHLD, SIG_DFL);
}

OutcomeKind told_of(OutcomeKind kind, Verdict verdict) {
  return kind == OutcomeKind::done && verdict == Verdict::dry_run ? OutcomeKind::dry_run : kind;
}

std::vector<Outcome> told_of(std::vector<Outcome> outcomes) {
  for (auto& outcome : outcomes) outcome.kind = told_of(outcome.kind, outcome.decision.verdict);
  return outcomes;
}

}  // namespace

HostExecutor::HostExecutor(HostParts parts) : parts_(std::move(parts)), killer_(parts_.sample_again) {
  keep_ended_children();
}

Status HostExecutor::self_test(const Policy& policy) const {
  if (auto works = Killer::self_test(); !works) return works;
  for (const auto& rule : policy.rules) {
    if (!enforces(policy, rule)) continue;
    for (const auto& rung : rule.ladder)
      if (auto works = self_test(rung); !works) return works.error().in("rule " + rule.name);
  }
  return Nothing{};
}

Status HostExecutor::self_test(const Rung& rung) const {
  if (rung.action == ActionKind::reboot) return can_reboot(parts_.sysrq_trigger);
  if (rung.action == ActionKind::restart_unit && !has_service_manager())
    return Error{ErrorKind::unsupported, "restart_unit needs systemd, and none can be asked here"};
  return Nothing{};
}

Outcome HostExecutor::execute(const Decision& decision, const Policy& policy, Instant now) {
  const auto outcome = [&](const Answer& answer) {
    return Outcome{decision, told_of(answer.kind, decision.verdict), answer.detail, now};
  };
  try {
    auto step = begin(decision, policy, now);
    if (const auto* answer = std::get_if<Answer>(&step)) return outcome(*answer);
    work_.add(decision, std::move(std::get<std::unique_ptr<Work>>(step)));
    return outcome({OutcomeKind::started, {}});
  } catch (const std::exception& error) {  // no memory, no thread
    return outcome(failed(error.what()));
  }
}

Step HostExecutor::begin(const Decision& decision, const Policy& policy, Instant now) {
  if (decision.verdict == Verdict::refuse) return failed("a refusal is not carried out");
  switch (decision.rung.action) {
    case ActionKind::log: return Answer{};
    case ActionKind::signal: return begin_signal(decision, policy, now);
    case ActionKind::reboot: return begin_reboot(decision, policy, parts_);
    default: return begin_beside(decision, policy, now);
  }
}

Step HostExecutor::begin_signal(const Decision& decision, const Policy& policy, Instant now) {
  if (decision.rung.reach != Reach::process) return begin_beside(decision, policy, now);
  const auto outcome = killer_.execute(decision, now);
  return Answer{outcome.kind, outcome.detail};
}

Step HostExecutor::begin_beside(const Decision& decision, const Policy& policy, Instant now) {
  if (const auto full = work_.full(decision.rung)) return failed(*full);
  switch (decision.rung.action) {
    case ActionKind::signal: return begin_crowd_signal(decision, policy, parts_, now);
    case ActionKind::hook: return begin_hook(decision, parts_, now);
    case ActionKind::dump: return begin_dump(decision, policy, parts_, now);
    case ActionKind::restart_unit: return begin_unit_restart(decision, policy, parts_, now);
    default: return failed("this is nothing that goes on beside the loop");
  }
}

std::vector<Outcome> HostExecutor::finished(Instant now) {
  return told_of(work_.finished(now));
}

Room HostExecutor::room() const {
  return work_.room();
}

std::vector<Outcome> HostExecutor::abandon(Instant now) {
  return told_of(work_.abandon(now));
}

}  // namespace wedged
