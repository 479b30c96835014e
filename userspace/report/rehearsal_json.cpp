// SPDX-License-Identifier: Apache-2.0
#include "report/json_values.h"
#include "report/rehearsal_text.h"

namespace wedged {
namespace {

using nlohmann::ordered_json;

ordered_json decision_value(const RehearsedDecision& step, const Rehearsal& rehearsal) {
  const Decision& decision = step.decision;
  const bool refused = decision.verdict == Verdict::refuse;
  return {{"time", json::time_value(step.at.wall)},
          {"after_seconds", seconds_of(step.at.monotonic - rehearsal.begin.monotonic)},
          {"assumed", step.assumed},
          {"rule", decision.rule},
          {"action", decision.rung.name()},
          {"rung", decision.rung_number + 1},
          {"rungs", decision.ladder_length},
          {"role", decision.role == Role::victim ? "victim" : "root"},
          {"verdict", std::string(name_of(decision.verdict))},
          {"refusal", refused ? ordered_json(std::string(name_of(decision.refusal))) : ordered_json()},
          {"reason", decision.reason},
          {"finding", json::finding_key_value(decision.finding, step.at)}};
}

ordered_json finding_value(const RehearsedFinding& seen) {
  ordered_json value = json::finding_key_value(seen.finding, seen.at);
  value["matched"] = seen.matched;
  value["nearest_rule"] = nullptr;
  if (seen.nearest)
    value["nearest_rule"] = {{"rule", seen.nearest->rule}, {"reasons", seen.nearest->reasons}};
  return value;
}

}  // namespace

std::string rehearsal_json(const Rehearsal& rehearsal, const Policy& policy, const std::string& name) {
  ordered_json value{{"schema", json::schema},
                     {"recording", name},
                     {"enforce", policy.enforce},
                     {"begin", json::time_value(rehearsal.begin.wall)},
                     {"recorded_until", json::time_value(rehearsal.recorded_until.wall)},
                     {"assumed_until", json::time_value(rehearsal.end.wall)},
                     {"recorded_scans", rehearsal.recorded_scans},
                     {"assumed_scans", rehearsal.assumed_scans},
                     {"decisions", ordered_json::array()},
                     {"findings", ordered_json::array()}};
  for (const auto& step : rehearsal.decisions) value["decisions"].push_back(decision_value(step, rehearsal));
  for (const auto& seen : rehearsal.findings) value["findings"].push_back(finding_value(seen));
  return json::line_of(value);
}

}  // namespace wedged
