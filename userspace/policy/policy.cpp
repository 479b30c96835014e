// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.h"

#include "policy/signals.h"
#include "util/checksum.h"

namespace wedged {

namespace {

std::string suffix_of(Reach reach) {
  switch (reach) {
    case Reach::process: return "";
    case Reach::process_group: return "_group";
    case Reach::cgroup: return "_cgroup";
    case Reach::unit: return "_unit";
  }
  return "";
}

}  // namespace

std::string Rung::name() const {
  switch (action) {
    case ActionKind::signal: return signal_name(signal_number) + suffix_of(reach);
    case ActionKind::log: return "log";
    case ActionKind::restart_unit: return "restart_unit";
    case ActionKind::hook: return "hook";
    case ActionKind::dump: return dump == DumpKind::core ? "dump_core" : "dump_stacks";
    case ActionKind::reboot: return "reboot";
  }
  return "unknown";
}

std::string Rung::identity() const {
  if (action != ActionKind::hook) return name();
  std::string command;
  for (const std::string& word : hook.command) command += word + '\0';
  return name() + ":" + checksum_of(command);
}

bool Rung::touches() const {
  return action != ActionKind::log && action != ActionKind::dump;
}

bool Rung::aims_at_process() const {
  if (action == ActionKind::dump) return dump == DumpKind::core;
  return action == ActionKind::signal || action == ActionKind::restart_unit;
}

bool Rung::goes_on() const {
  switch (action) {
    case ActionKind::signal: return reach != Reach::process;
    case ActionKind::log:
    case ActionKind::reboot: return false;
    case ActionKind::restart_unit:
    case ActionKind::hook:
    case ActionKind::dump: return true;
  }
  return false;
}

bool enforces(const Policy& policy, const Rule& rule) {
  return policy.enforce && rule.enforce;
}

bool is_on_trial(const Policy& policy, const Rule& rule) {
  return policy.enforce && !rule.enforce;
}

}  // namespace wedged
