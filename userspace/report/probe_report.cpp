// SPDX-License-Identifier: Apache-2.0
#include "report/probe_report.h"

#include <algorithm>

#include "report/escape.h"
#include "report/format.h"
#include "report/json_values.h"

namespace wedged {
namespace {

std::string json_form(const std::vector<ProbeItem>& items, const std::string& kernel_release) {
  json::ordered_json document;
  document["schema"] = json::schema;
  document["kernel"] = kernel_release;
  document["usable"] = probe_usable(items);
  document["items"] = json::ordered_json::array();
  for (const ProbeItem& item : items) {
    document["items"].push_back({{"name", item.name},
                                 {"available", item.available},
                                 {"required", item.required},
                                 {"what_for", item.what_for},
                                 {"reason", item.reason}});
  }
  return json::line_of(document);
}

std::string line_for(const ProbeItem& item, std::size_t name_columns, const EventStyle& style) {
  const std::string word = item.available ? "yes" : "no";
  const Colour colour = item.available ? Colour::green : item.required ? Colour::red : Colour::yellow;
  std::string line = "  " + painted(word, colour, style) + std::string(5 - word.size(), ' ');
  line += padded(printable(item.name), name_columns + 2) + printable(item.what_for);
  if (!item.available) {
    if (item.required) line += " (required)";
    line += ": " + (item.reason.empty() ? std::string("not offered by this kernel") : printable(item.reason));
  }
  return line + "\n";
}

std::string conclusion(const std::vector<ProbeItem>& items) {
  const auto missing =
      std::count_if(items.begin(), items.end(), [](const ProbeItem& item) { return !item.available; });
  if (!probe_usable(items)) return "wedged cannot run here: something required is missing.\n";
  if (missing == 0) return "wedged can do everything here.\n";
  return "wedged runs here, without the " + std::to_string(missing) + " marked \"no\".\n";
}

}  // namespace

bool probe_usable(const std::vector<ProbeItem>& items) {
  return std::all_of(items.begin(), items.end(),
                     [](const ProbeItem& item) { return item.available || !item.required; });
}

std::string render_probe(const std::vector<ProbeItem>& items, const std::string& kernel_release,
                         const EventStyle& style) {
  if (style.format == EventFormat::json) return json_form(items, kernel_release);
  std::size_t name_columns = 0;
  for (const ProbeItem& item : items) name_columns = std::max(name_columns, columns_of(printable(item.name)));
  std::string text = "kernel " + printable(kernel_release) + "\n";
  for (const ProbeItem& item : items) text += line_for(item, name_columns, style);
  return text + conclusion(items);
}

}  // namespace wedged
