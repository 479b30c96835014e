// SPDX-License-Identifier: Apache-2.0
#include "report/history_page.h"

#include "report/chronicle.h"
#include "report/json_task.h"
#include "report/json_values.h"
#include "report/note_json.h"
#include "report/page_head.h"

namespace wedged::json {
namespace {

ordered_json record_value(const FindingRecord& record, const ClockPair& now) {
  const Duration lasted = record.ended ? record.lasted : record.lasted + (now.monotonic - record.raised);
  return {
      {"cause", std::string(name_of(record.key.cause))},
      {"certainty", std::string(name_of(record.certainty))},
      {"since", time_value(now.wall_of(record.since))},
      {"since_exact", record.since_exact},
      {"raised", time_value(now.wall_of(record.raised))},
      {"ended", record.ended ? ordered_json(time_value(now.wall_of(*record.ended))) : ordered_json()},
      {"lasted_seconds", seconds_of(lasted)},
      {"summary", record.summary},
      {"process",
       {{"pid", record.key.task.tgid}, {"comm", known(record.process_comm)}, {"unit", known(record.unit)}}},
      {"thread", {{"tid", record.key.task.tid}, {"comm", known(record.thread_comm)}}},
      {"threads_total", record.threads},
      {"victims_total", record.victims},
      {"decisions", notes_value(record.notes, now)},
      {"decisions_forgotten", record.notes_forgotten}};
}

}  // namespace

std::string history_page(const Published* state, const ClockPair& now) {
  ordered_json page = page_head(state, now);
  page["kept_seconds"] = seconds_of(Chronicle::longest);
  page["kept_findings"] = Chronicle::most_ended;
  page["revision"] = 0;
  page["forgotten"] = 0;
  page["findings"] = ordered_json::array();
  if (!was_scanned(state) || state->story == nullptr) return line_of(page);
  const Story& story = *state->story;
  page["revision"] = story.revision;
  page["forgotten"] = story.forgotten;
  for (const auto& record : story.open) page["findings"].push_back(record_value(*record, state->at));
  for (std::size_t at = story.ended.size(); at > 0; --at)
    page["findings"].push_back(record_value(*story.ended[at - 1], state->at));
  return line_of(page);
}

}  // namespace wedged::json
