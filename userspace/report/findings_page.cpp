// SPDX-License-Identifier: Apache-2.0
#include "report/findings_page.h"

#include <algorithm>

#include "report/json_values.h"
#include "report/note_json.h"

namespace wedged::json {
namespace {

// Null if nothing is remembered of it: it is newer than the story.
const FindingRecord* record_of(const Story* story, const FindingKey& key) {
  if (story == nullptr) return nullptr;
  const auto found =
      std::lower_bound(story->open.begin(), story->open.end(), key,
                       [](const auto& record, const auto& wanted) { return record->key < wanted; });
  return found != story->open.end() && (*found)->key == key ? found->get() : nullptr;
}

ordered_json open_value(const Finding& finding, const Published& state) {
  ordered_json value = finding_value(finding, state.at, listed_on_page);
  const FindingRecord* record = record_of(state.story.get(), finding.key);
  value["decisions"] = record == nullptr ? ordered_json::array() : notes_value(record->notes, state.at);
  return value;
}

}  // namespace

std::string findings_page(const Published* state, const ClockPair& now) {
  ordered_json page = page_head(state, now);
  page["enforcing"] = nullptr;
  page["untold"] = nullptr;
  page["findings"] = ordered_json::array();
  if (!was_scanned(state)) return line_of(page);
  page["enforcing"] = state->enforcing;
  page["untold"] = state->untold;
  for (const Finding& finding : state->open) page["findings"].push_back(open_value(finding, *state));
  return line_of(page);
}

}  // namespace wedged::json
