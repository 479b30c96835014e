// SPDX-License-Identifier: Apache-2.0
#include "report/events_json.h"

#include "report/action_text.h"
#include "report/json_task.h"
#include "report/json_values.h"

namespace wedged::json {
namespace {

ordered_json event(EventKind kind, const ClockPair& now) {
  ordered_json object;
  object["event"] = std::string(name_of(kind));
  object["time"] = time_value(now.wall);
  object["schema"] = schema;
  return object;
}

// What only some kinds of rungs have is null for the others.
void add_rung(ordered_json& object, const Rung& rung) {
  object["action"] = rung.name();
  object["reach"] = nullptr;
  if (rung.action == ActionKind::signal) object["reach"] = std::string(name_of(rung.reach));
  object["command"] = nullptr;
  if (rung.action == ActionKind::hook) object["command"] = rung.hook.command;
}

// Who decided what against whom by which rule and why: complete in itself.
ordered_json decision_event(EventKind kind, const Decision& decision, const ClockPair& now) {
  ordered_json object = event(kind, now);
  object["rule"] = decision.rule;
  object["rule_file"] = known(decision.rule_file);
  add_rung(object, decision.rung);
  object["rung"] = decision.rung_number + 1;
  object["rungs"] = decision.ladder_length;
  object["role"] = decision.role == Role::victim ? "victim" : "root";
  object["verdict"] = std::string(name_of(decision.verdict));
  object["reason"] = decision.reason;
  object["decided_at"] = time_value(now.wall_of(decision.at));
  return object;
}

}  // namespace

std::string raised(const Finding& finding, const ClockPair& now) {
  ordered_json object = event(EventKind::finding_raised, now);
  object.update(finding_value(finding, now));
  return line_of(object);
}

std::string resolved(const Finding& finding, const ClockPair& now) {
  ordered_json object = event(EventKind::finding_resolved, now);
  object.update(finding_value(finding, now));
  return line_of(object);
}

std::string decision(const Decision& decision, const ClockPair& now) {
  ordered_json object = decision_event(EventKind::decision, decision, now);
  const bool refused = decision.verdict == Verdict::refuse;
  object["refusal"] = refused ? ordered_json(std::string(name_of(decision.refusal))) : ordered_json();
  object["finding"] = finding_value(decision.finding, now);
  return line_of(object);
}

std::string outcome(const Outcome& outcome, const ClockPair& now) {
  ordered_json object = decision_event(EventKind::outcome, outcome.decision, now);
  object["result"] = std::string(name_of(outcome.kind));
  object["detail"] = outcome.detail;
  object["at"] = time_value(now.wall_of(outcome.at));
  object["finding"] = finding_value(outcome.decision.finding, now);
  return line_of(object);
}

std::string suspended(const BrakeNews& news, const ClockPair& now) {
  ordered_json object = event(EventKind::enforcement_suspended, now);
  object["message"] = "enforcement has suspended itself: " + news.suspension.reason;
  object["reason"] = news.suspension.reason;
  object["since"] = time_value(now.wall_of(news.suspension.since));
  const bool braked = news.decisions > 0;
  object["decisions"] = braked ? ordered_json(news.decisions) : ordered_json();
  object["allowed"] = braked ? ordered_json(news.brake.decisions) : ordered_json();
  object["window_seconds"] = braked ? ordered_json(seconds_of(news.brake.window)) : ordered_json();
  return line_of(object);
}

std::string resumed(const LedgerState::Suspension& ended, const std::string& why, const ClockPair& now) {
  ordered_json object = event(EventKind::enforcement_resumed, now);
  object["message"] = "enforcement goes on: " + why;
  object["reason"] = why;
  object["suspended_since"] = time_value(now.wall_of(ended.since));
  object["suspended_seconds"] = seconds_of(now.monotonic - ended.since);
  object["suspended_reason"] = ended.reason;
  return line_of(object);
}

// "time" is when it was told, as in every event.
std::string oops(const OopsReport& report, bool before_start, const ClockPair& now) {
  ordered_json object = event(EventKind::kernel_oops, now);
  object["at"] = time_value(now.wall_of(report.at));
  object["before_start"] = before_start;
  object["what"] = report.what;
  object["thread"] = nullptr;
  if (report.tid) object["thread"] = {{"tid", *report.tid}, {"comm", report.comm}};
  object["lines"] = report.lines;
  return line_of(object);
}

std::string notice(EventKind kind, const std::string& message, const ClockPair& now) {
  ordered_json object = event(kind, now);
  object["message"] = message;
  return line_of(object);
}

}  // namespace wedged::json
