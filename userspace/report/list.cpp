// SPDX-License-Identifier: Apache-2.0
// Columns take the width of their longest cell; where the screen is too narrow, the least telling ones give
// way first.
#include "report/list.h"

#include <algorithm>
#include <array>

#include "report/escape.h"
#include "report/format.h"
#include "report/json_values.h"
#include "report/subject.h"

namespace wedged {
namespace {

enum Column : std::size_t { cause, ids, comm, state, lasted, call, waits_for, unit, column_count };
using Row = std::array<std::string, column_count>;
using Widths = std::array<std::size_t, column_count>;

constexpr std::size_t gap = 2;

std::string json_form(const std::vector<Finding>& findings, const LookedAt& looked_at, const ClockPair& now) {
  json::ordered_json document;
  document["schema"] = json::schema;
  document["time"] = json::time_value(now.wall);
  document["threads_scanned"] = looked_at.threads;
  document["untold"] = looked_at.untold;
  document["findings"] = json::ordered_json::array();
  for (const Finding& finding : findings) document["findings"].push_back(json::finding_value(finding, now));
  return json::line_of(document);
}

std::string waits_for_text(const ListedFinding& finding) {
  std::string text = finding.waits_for.empty() ? "-" : printable(finding.waits_for);
  if (finding.threads > 1) text += " (+" + std::to_string(finding.threads - 1) + " threads)";
  if (finding.victims > 0) text += " (" + std::to_string(finding.victims) + " wait for it)";
  return text;
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : printable(text);
}

Row row_of(const ListedFinding& finding) {
  Row row;
  row[cause] = printable(finding.cause);
  row[ids] = std::to_string(finding.pid) + "/" + std::to_string(finding.tid);
  row[comm] = printable(finding.comm);
  row[state] = std::string(1, letter_of(finding.state));
  row[lasted] = (finding.since_exact ? "" : ">") + duration_text(finding.lasted);
  row[call] = or_dash(finding.call);
  row[waits_for] = waits_for_text(finding);
  row[unit] = or_dash(finding.unit);
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

ListedFinding listed(const Finding& finding) {
  const Task& task = stuck_task(finding);
  ListedFinding line;
  line.cause = name_of(finding.key.cause);
  line.pid = task.process.tgid;
  line.tid = task.id.tid;
  line.comm = task.comm;
  line.state = task.state;
  line.lasted = finding.lasted;
  line.since_exact = finding.since_exact;
  if (task.call) line.call = call_name(*task.call);
  for (const StuckThread& thread : finding.threads) {
    if (thread.task.id == task.id) line.waits_for = thread.waits_for;
  }
  if (line.waits_for.empty() && !finding.chain.empty()) line.waits_for = finding.chain.back().detail;
  line.threads = finding.threads.size();
  line.victims = finding.victims.size();
  line.unit = finding.unit;
  return line;
}

std::string untold_text(std::size_t untold) {
  return untold == 0 ? "" : ", and " + std::to_string(untold) + " more, not told";
}

std::string list_table(const std::vector<ListedFinding>& findings, std::size_t untold,
                       const std::string& looked_at, const EventStyle& style, unsigned width) {
  if (findings.empty()) return "nothing is stuck (" + looked_at + ")\n";
  std::vector<Row> rows{{"CAUSE", "PID/TID", "COMM", "STATE", "FOR", "CALL", "WAITS FOR", "UNIT"}};
  for (const ListedFinding& finding : findings) rows.push_back(row_of(finding));
  const Widths widths = widths_of(rows, width);
  std::string text = painted(line_of(rows.front(), widths, width), Colour::bold, style) + "\n";
  for (std::size_t at = 1; at < rows.size(); ++at) text += line_of(rows[at], widths, width) + "\n";
  return text + std::to_string(findings.size()) + (findings.size() == 1 ? " finding" : " findings") +
         untold_text(untold) + " (" + looked_at + ")\n";
}

std::string scope_suffix(const WatchedScope& scope) {
  return scope.whole_host() ? std::string() : " " + printable(place_of(scope));
}

std::string render_list(const std::vector<Finding>& findings, const LookedAt& looked_at, const ClockPair& now,
                        const EventStyle& style, unsigned width) {
  if (style.format == EventFormat::json) return json_form(findings, looked_at, now);
  std::vector<ListedFinding> lines;
  for (const Finding& finding : findings) lines.push_back(listed(finding));
  return list_table(lines, looked_at.untold,
                    std::to_string(looked_at.threads) + " threads looked at" + scope_suffix(looked_at.scope),
                    style, width);
}

}  // namespace wedged
