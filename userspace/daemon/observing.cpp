// SPDX-License-Identifier: Apache-2.0
#include "daemon/observing.h"

#include "diagnosis/syscall_limits.h"

namespace wedged {
namespace {

Result<ProbeScope> resolve(const Scope& scope) {
  ProbeScope resolved;
  for (const int pid : scope.pids) {
    if (auto exists = check_process(pid); !exists)
      return Error{ErrorKind::malformed, "--pid: " + exists.error().message};
  }
  resolved.tgids = scope.pids;
  if (!scope.cgroup) return resolved;
  auto place = find_cgroup(*scope.cgroup);
  if (!place) return place.error();
  resolved.cgroup = *place;
  return resolved;
}

}  // namespace

Observing observing_of(ObserveMode mode) {
  return mode == ObserveMode::calls ? Observing::calls : Observing::scan;
}

Result<Observer> start_observing(const Settings& settings, Observing observing, Headcount headcount) {
  const auto facts = gather_facts();
  if (!facts) return facts.error();
  const auto plan = make_plan(*facts, observing, headcount);
  if (!plan) return plan.error();
  const auto scope = resolve(settings.scope);
  if (!scope) return scope.error();
  auto probes = Probes::load(*plan, *facts, *scope);
  if (!probes) return probes.error();
  probes->set_limits(suspect_limits(settings.thresholds, settings.scan_interval));
  return Observer(std::move(*probes), DecodeFacts{facts->frozen_state});
}

ExitCode exit_code_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::denied: return ExitCode::denied;
    case ErrorKind::unsupported: return ExitCode::unsupported;
    case ErrorKind::malformed: return ExitCode::usage;
    default: return ExitCode::failed;
  }
}

}  // namespace wedged
