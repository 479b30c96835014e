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

// One after the other: as one document a thousand findings would take ten times the memory of their text.
std::string findings_list(const Published* state) {
  if (!was_scanned(state)) return "[]";
  std::string list = "[";
  for (const Finding& finding : state->open) {
    const std::string line = line_of(open_value(finding, *state));
    list.append(list.size() > 1 ? "," : "").append(line, 0, line.size() - 1);
  }
  return list + "]";
}

std::string findings_page(const Published* state, const ClockPair& now, const std::string& list) {
  ordered_json page = page_head(state, now);
  const bool scanned = was_scanned(state);
  page["enforcing"] = scanned ? ordered_json(state->enforcing) : ordered_json();
  page["untold"] = scanned ? ordered_json(state->untold) : ordered_json();
  std::string text = line_of(page);
  text.resize(text.rfind('}'));
  text.reserve(text.size() + list.size() + 16);
  return text.append(",\"findings\":").append(list).append("}\n");
}

std::string findings_page(const Published* state, const ClockPair& now) {
  return findings_page(state, now, findings_list(state));
}

}  // namespace wedged::json
