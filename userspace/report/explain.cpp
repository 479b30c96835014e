// SPDX-License-Identifier: Apache-2.0
#include "report/explain.h"

#include "diagnosis/cause_text.h"
#include "report/format.h"
#include "report/json_values.h"
#include "report/prose.h"

namespace wedged {
namespace {

std::string json_form(const std::vector<Cause>& causes) {
  json::ordered_json document;
  document["schema"] = json::schema;
  document["causes"] = json::ordered_json::array();
  for (const Cause cause : causes) {
    document["causes"].push_back({{"cause", std::string(name_of(cause))},
                                  {"certainty", std::string(certainty_text_of(cause))},
                                  {"predicate", std::string(predicate_of(cause))},
                                  {"meaning", std::string(meaning_of(cause))},
                                  {"advice", advice_of(cause)}});
  }
  return json::line_of(document);
}

std::string text_form(Cause cause, const EventStyle& style, unsigned width) {
  const auto heading = [&](std::string_view words) {
    return "  " + painted(words, Colour::dim, style) + "\n";
  };
  std::string text = painted(name_of(cause), Colour::bold, style) + "\n";
  text += paragraph(meaning_of(cause), {"  ", "  "}, width);
  text += heading("certainty") + paragraph(certainty_text_of(cause), {"    ", "    "}, width);
  text += heading("exact predicate") + paragraph(predicate_of(cause), {"    ", "    "}, width);
  text += heading("what to do");
  for (const std::string& line : advice_of(cause)) text += paragraph(line, {"    - ", "      "}, width);
  return text;
}

}  // namespace

std::string render_causes(const std::vector<Cause>& causes, const EventStyle& style, unsigned width) {
  if (style.format == EventFormat::json) return json_form(causes);
  std::string text;
  for (const Cause cause : causes) text += (text.empty() ? "" : "\n") + text_form(cause, style, width);
  return text;
}

}  // namespace wedged
