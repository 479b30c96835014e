// SPDX-License-Identifier: Apache-2.0
// Columns take the width of their longest cell; where the screen is too narrow, the least telling ones give
// way first.
#include "report/list.h"

#include <algorithm>
#include <array>

#include "report/escape.h"
#include "report/format.h"
#include "report/json_values.h"

namespace wedged {
namespace {

enum Column : std::size_t { cause, ids, comm, state, lasted, call, waits_for, unit, column_count };
using Row = std::array<std::string, column_count>;
using Widths = std::array<std::size_t, column_count>;

constexpr std::size_t gap = 2;

std::string json_form(const std::vector<Finding>& findings, std::uint64_t threads_scanned,
                      const ClockPair& now) {
  json::ordered_json document;
  document["schema"] = json::schema;
  document["time"] = json::time_value(now.wall);
  document["threads_scanned"] = threads_scanned;
  document["findings"] = json::ordered_json::array();
  for (const Finding& finding : findings) document["findings"].push_back(json::finding_value(finding, now));
  return json::line_of(document);
}

std::string waits_for_text(const Finding& finding) {
  std::string text;
  for (const StuckThread& thread : finding.threads) {
    if (thread.task.id == finding.task.id) text = printable(thread.waits_for);
  }
  if (text.empty() && !finding.chain.empty()) text = printable(finding.chain.back().detail);
  if (text.empty()) text = "-";
  if (finding.threads.size() > 1) text += " (+" + std::to_string(finding.threads.size() - 1) + " threads)";
  if (!finding.victims.empty()) text += " (" + std::to_string(finding.victims.size()) + " wait for it)";
  return text;
}

Row row_of(const Finding& finding) {
  const Task& task = finding.task;
  Row row;
  row[cause] = name_of(finding.key.cause);
  row[ids] = std::to_string(task.process.tgid) + "/" + std::to_string(task.id.tid);
  row[comm] = printable(task.comm);
  row[state] = std::string(1, letter_of(task.state));
  row[lasted] = (finding.since_exact ? "" : ">") + duration_text(finding.lasted);
  row[call] = task.call ? call_name(*task.call) : "-";
  row[waits_for] = waits_for_text(finding);
  row[unit] = finding.unit.empty() ? "-" : printable(finding.unit);
  return row;
}

std::size_t total_width(const Widths& widths) {
  std::size_t total = gap * (column_count - 1);
  for (const std::size_t width : widths) total += width;
  return total;
}

void shrink(Widths& widths, unsigned screen) {
  struct Step {
    Column column;
    std::size_t least;
  };
  static constexpr std::array steps{Step{unit, 16}, Step{waits_for, 24}, Step{call, 10},
                                    Step{unit, 8},  Step{waits_for, 12}, Step{comm, 8}};
  for (const Step& step : steps) {
    const std::size_t total = total_width(widths);
    if (total <= screen) return;
    const std::size_t spare = widths[step.column] > step.least ? widths[step.column] - step.least : 0;
    widths[step.column] -= std::min(spare, total - screen);
  }
}

Widths widths_of(const std::vector<Row>& rows, unsigned screen) {
  Widths widths{};
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < column_count; ++at) widths[at] = std::max(widths[at], columns_of(row[at]));
  }
  if (screen != 0) shrink(widths, screen);
  return widths;
}

std::string line_of(const Row& row, const Widths& widths, unsigned screen) {
  std::string line;
  for (std::size_t at = 0; at < column_count; ++at) {
    const std::string cell = cut_to(row[at], widths[at]);
    line += at + 1 == column_count ? cell : padded(cell, widths[at] + gap);
  }
  return screen == 0 ? line : cut_to(line, screen);
}

}  // namespace

std::string render_list(const std::vector<Finding>& findings, std::uint64_t threads_scanned,
                        const ClockPair& now, const EventStyle& style, unsigned width) {
  if (style.format == EventFormat::json) return json_form(findings, threads_scanned, now);
  const std::string looked_at = " (" + std::to_string(threads_scanned) + " threads looked at)\n";
  if (findings.empty()) return "nothing is stuck" + looked_at;
  std::vector<Row> rows{{"CAUSE", "PID/TID", "COMM", "STATE", "FOR", "CALL", "WAITS FOR", "UNIT"}};
  for (const Finding& finding : findings) rows.push_back(row_of(finding));
  const Widths widths = widths_of(rows, width);
  std::string text = painted(line_of(rows.front(), widths, width), Colour::bold, style) + "\n";
  for (std::size_t at = 1; at < rows.size(); ++at) text += line_of(rows[at], widths, width) + "\n";
  return text + std::to_string(findings.size()) + (findings.size() == 1 ? " finding" : " findings") +
         looked_at;
}

}  // namespace wedged
