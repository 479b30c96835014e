// SPDX-License-Identifier: Apache-2.0
#include "report/action_text.h"

#include "policy/signals.h"
#include "report/escape.h"

namespace wedged {
namespace {

// Whom a signal reaches.
std::string reached(Reach reach, const Finding& finding) {
  std::string process = process_text(finding.task);
  switch (reach) {
    case Reach::process: break;
    case Reach::process_group: return "the process group of " + process;
    case Reach::cgroup:
      return "cgroup " + (finding.task.details ? printable(finding.task.details->cgroup) : "") + " of " +
             process;
    case Reach::unit: return "all of " + printable(finding.unit) + " for " + process;
  }
  return process;
}

// The action by itself: "SIGKILL", "the restart of db.service".
std::string deed(const Rung& rung, const Finding& finding) {
  switch (rung.action) {
    case ActionKind::signal: return signal_name(rung.signal_number);
    case ActionKind::log: return "log";
    case ActionKind::restart_unit: return "restart of " + printable(finding.unit);
    case ActionKind::hook:
      return "hook " + (rung.hook.command.empty() ? "" : printable(rung.hook.command.front()));
    case ActionKind::dump: return rung.dump == DumpKind::core ? "dump of the core" : "dump of the stacks";
    case ActionKind::reboot: return "reboot of this host";
  }
  return "action";
}

std::string done_text(const Rung& rung, const Finding& finding) {
  const std::string process = process_text(finding.task);
  switch (rung.action) {
    case ActionKind::signal: return deed(rung, finding) + " sent to " + reached(rung.reach, finding);
    case ActionKind::log: return process + " logged, nothing was done to it";
    case ActionKind::restart_unit: return printable(finding.unit) + " restarted, for " + process;
    case ActionKind::hook: return rung_text(rung, finding) + " succeeded";
    case ActionKind::dump: return rung_text(rung, finding) + " written";
    case ActionKind::reboot: break;
  }
  return rung_text(rung, finding) + " begun";
}

}  // namespace

std::string rung_text(const Rung& rung, const Finding& finding) {
  const std::string process = process_text(finding.task);
  switch (rung.action) {
    case ActionKind::signal: return deed(rung, finding) + " to " + reached(rung.reach, finding);
    case ActionKind::log:
    case ActionKind::dump: return deed(rung, finding) + " of " + process;
    case ActionKind::restart_unit:
    case ActionKind::hook:
    case ActionKind::reboot: break;
  }
  return deed(rung, finding) + " for " + process;
}

std::string_view name_of(Reach reach) {
  switch (reach) {
    case Reach::process: return "process";
    case Reach::process_group: return "process_group";
    case Reach::cgroup: return "cgroup";
    case Reach::unit: return "unit";
  }
  return "unknown";
}

Wording wording_of(const Decision& decision) {
  const std::string rung = rung_text(decision.rung, decision.finding);
  switch (decision.verdict) {
    case Verdict::act: return {"ACTION", Colour::yellow, rung};
    case Verdict::dry_run: return {"DRY RUN", Colour::yellow, rung + " would be due"};
    case Verdict::refuse: break;
  }
  return {"REFUSED", Colour::yellow, rung + " refused (" + std::string(name_of(decision.refusal)) + ")"};
}

Wording wording_of(const Outcome& outcome) {
  const Finding& finding = outcome.decision.finding;
  const Rung& rung = outcome.decision.rung;
  const std::string process = process_text(finding.task);
  const std::string what = rung_text(rung, finding);
  switch (outcome.kind) {
    case OutcomeKind::done: return {"DONE", Colour::green, done_text(rung, finding)};
    case OutcomeKind::gone: return {"GONE", Colour::none, process + " ended before " + deed(rung, finding)};
    case OutcomeKind::changed:
      return {"CHANGED", Colour::none,
              process + " moved on before " + deed(rung, finding) + ": nothing was done"};
    case OutcomeKind::dry_run:
      return {"DRY RUN", Colour::yellow, what + " not carried out: enforcement is off"};
    case OutcomeKind::started: return {"STARTED", Colour::none, what + " has begun, its end will be told"};
    case OutcomeKind::timed_out:
      return {"TIMED OUT", Colour::red, what + " did not end in time, and was ended"};
    case OutcomeKind::guarded:
      return {"GUARDED", Colour::yellow,
              what + " would reach one that must not be touched: nothing was done"};
    case OutcomeKind::failed: break;
  }
  return {"FAILED", Colour::red, what + " failed"};
}

}  // namespace wedged
