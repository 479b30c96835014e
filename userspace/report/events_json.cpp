// SPDX-License-Identifier: Apache-2.0
#include "report/events_json.h"

#include "report/json_values.h"

namespace wedged::json {
namespace {

ordered_json event(const std::string& name, const ClockPair& now) {
  ordered_json object;
  object["event"] = name;
  object["time"] = time_value(now.wall);
  object["schema"] = schema;
  return object;
}

ordered_json decision_event(const std::string& name, const Decision& decision, const ClockPair& now) {
  ordered_json object = event(name, now);
  object["rule"] = decision.rule;
  object["action"] = decision.rung.name();
  object["rung"] = decision.rung_number + 1;
  object["verdict"] = std::string(name_of(decision.verdict));
  return object;
}

}  // namespace

std::string raised(const Finding& finding, const ClockPair& now) {
  ordered_json object = event("finding_raised", now);
  object.update(finding_value(finding, now));
  return line_of(object);
}

std::string resolved(const Finding& finding, const ClockPair& now) {
  ordered_json object = event("finding_resolved", now);
  object.update(finding_value(finding, now));
  return line_of(object);
}

std::string decision(const Decision& decision, const ClockPair& now) {
  ordered_json object = decision_event("decision", decision, now);
  const bool refused = decision.verdict == Verdict::refuse;
  object["refusal"] = refused ? ordered_json(std::string(name_of(decision.refusal))) : ordered_json();
  object["reason"] = decision.reason;
  object["finding"] = finding_key_value(decision.finding, now);
  return line_of(object);
}

std::string outcome(const Outcome& outcome, const ClockPair& now) {
  ordered_json object = decision_event("outcome", outcome.decision, now);
  object["result"] = std::string(name_of(outcome.kind));
  object["detail"] = outcome.detail;
  object["finding"] = finding_key_value(outcome.decision.finding, now);
  return line_of(object);
}

std::string notice(const std::string& name, const std::string& message, const ClockPair& now) {
  ordered_json object = event(name, now);
  object["message"] = message;
  return line_of(object);
}

}  // namespace wedged::json
