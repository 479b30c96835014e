// SPDX-License-Identifier: Apache-2.0
#include "report/note_json.h"

#include "report/json_task.h"
#include "report/json_values.h"

namespace wedged::json {
namespace {

ordered_json result_value(const std::optional<PolicyNote::Result>& result, const ClockPair& now) {
  if (!result) return nullptr;
  return {{"result", std::string(name_of(result->kind))},
          {"sentence", result->sentence},
          {"detail", known(result->detail)},
          {"at", time_value(now.wall_of(result->at))}};
}

ordered_json note_value(const PolicyNote& note, const ClockPair& now) {
  const bool refused = note.verdict == Verdict::refuse;
  return {{"decided_at", time_value(now.wall_of(note.at))},
          {"rule", note.rule},
          {"rule_file", known(note.rule_file)},
          {"action", note.action},
          {"rung", note.rung_number + 1},
          {"rungs", note.ladder_length},
          {"role", note.role == Role::victim ? "victim" : "root"},
          {"pid", note.target.tgid},
          {"verdict", std::string(name_of(note.verdict))},
          {"refusal", refused ? ordered_json(std::string(name_of(note.refusal))) : ordered_json()},
          {"sentence", note.sentence},
          {"reason", note.reason},
          {"outcome", result_value(note.result, now)}};
}

}  // namespace

ordered_json notes_value(const std::vector<PolicyNote>& notes, const ClockPair& now) {
  ordered_json values = ordered_json::array();
  for (const PolicyNote& note : notes) values.push_back(note_value(note, now));
  return values;
}

}  // namespace wedged::json
