// SPDX-License-Identifier: Apache-2.0
#include "report/check_text.h"

#include <algorithm>

#include "diagnosis/describe.h"
#include "report/escape.h"
#include "report/json_values.h"

namespace wedged {
namespace {

using nlohmann::ordered_json;

// Everything behind a '|' is performance data.
std::string one_line(const std::string& text) {
  std::string line = printable(text);
  std::replace(line.begin(), line.end(), '|', '/');
  return line;
}

std::string who(const CheckedThread& thread) {
  return (thread.comm.empty() ? "unknown" : thread.comm) + "[" + std::to_string(thread.pid) + "]";
}

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string asked_about(const CheckSelection& selection) {
  if (selection.whole_host()) return "on this host";
  std::vector<std::string> parts;
  for (const auto& unit : selection.units) parts.push_back("unit " + unit);
  for (const int pid : selection.pids) parts.push_back("process " + std::to_string(pid));
  for (const auto& cgroup : selection.cgroups) parts.push_back("cgroup " + cgroup);
  for (const auto& container : selection.containers)
    parts.push_back("container " + (container.runtime.empty() ? "" : container.runtime + ":") + container.id);
  for (const auto& pod : selection.pods) parts.push_back("pod " + pod);
  return "in " + joined(parts, " or ");
}

std::string hit_text(const CheckHit& hit) {
  const auto& finding = hit.finding;
  const std::string what =
      finding.cause + " for " + spoken(finding.lasted) + " (" + std::string(name_of(finding.certainty)) + ")";
  if (!hit.victim) return who(finding.process) + " " + what;
  return who(*hit.victim) + " waits " + spoken(hit.lasted) + " for " + who(finding.process) + ", " + what;
}

std::string left_out_text(std::size_t count) {
  if (count == 0) return {};
  return " (" + std::to_string(count) + (count == 1 ? " finding does" : " findings do") +
         " not count: too young or not sure enough)";
}

std::string untold_words(std::size_t untold) {
  if (untold == 0) return {};
  return " (" + std::to_string(untold) +
         (untold == 1 ? " finding on this host is not told, as there are too many)"
                      : " findings on this host are not told, as there are too many)");
}

std::string sentence(const CheckVerdict& verdict, const CheckSelection& selection) {
  if (verdict.status == CheckStatus::unknown) return verdict.trouble;
  if (verdict.hits.empty())
    return "nothing is stuck " + asked_about(selection) + left_out_text(verdict.left_out) +
           untold_words(verdict.untold);
  const std::size_t more = verdict.hits.size() - 1;
  return hit_text(verdict.hits.front()) + (more == 0 ? "" : ", " + std::to_string(more) + " more");
}

std::string looked_text(const CheckOrigin& origin) {
  return " (" + (origin.why_own.empty() ? "" : origin.why_own + ": ") + "looked now)";
}

std::string text_of(const CheckVerdict& verdict, const CheckSelection& selection, const CheckOrigin& origin) {
  const bool looked = origin.source == CheckSource::own_look && verdict.status != CheckStatus::unknown;
  return one_line(sentence(verdict, selection) + (looked ? looked_text(origin) : ""));
}

std::int64_t whole_seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

std::string performance(const CheckVerdict& verdict) {
  if (verdict.status == CheckStatus::unknown) return {};
  return " | findings=" + std::to_string(verdict.hits.size()) +
         ";;;0 threads=" + std::to_string(verdict.threads) +
         ";;;0 oldest=" + std::to_string(whole_seconds(verdict.oldest)) + "s;;;0";
}

ordered_json known(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

ordered_json who_value(const CheckedThread& thread) {
  return {{"pid", thread.pid},
          {"comm", known(thread.comm)},
          {"unit", known(thread.unit)},
          {"cgroup", known(thread.cgroup)}};
}

ordered_json hit_value(const CheckHit& hit) {
  return {{"status", std::string(name_of(hit.status))},
          {"cause", hit.finding.cause},
          {"certainty", std::string(name_of(hit.finding.certainty))},
          {"lasted_seconds", seconds_of(hit.finding.lasted)},
          {"summary", hit.finding.summary},
          {"process", who_value(hit.finding.process)},
          {"victim", hit.victim ? who_value(*hit.victim) : ordered_json()}};
}

}  // namespace

std::string_view name_of(CheckStatus status) {
  switch (status) {
    case CheckStatus::ok: return "OK";
    case CheckStatus::warning: return "WARNING";
    case CheckStatus::critical: return "CRITICAL";
    case CheckStatus::unknown: return "UNKNOWN";
  }
  return "UNKNOWN";
}

std::string check_line(const CheckVerdict& verdict, const CheckSelection& selection,
                       const CheckOrigin& origin) {
  return "WEDGED " + std::string(name_of(verdict.status)) + " - " + text_of(verdict, selection, origin) +
         performance(verdict) + "\n";
}

std::string check_json(const CheckVerdict& verdict, const CheckSelection& selection,
                       const CheckOrigin& origin) {
  ordered_json value{{"schema", json::schema},
                     {"status", std::string(name_of(verdict.status))},
                     {"exit_code", static_cast<int>(verdict.status)},
                     {"text", text_of(verdict, selection, origin)},
                     {"source", origin.source == CheckSource::daemon ? "daemon" : "own_look"},
                     {"looked_because", known(origin.why_own)},
                     {"threads", verdict.threads},
                     {"oldest_seconds", seconds_of(verdict.oldest)},
                     {"left_out", verdict.left_out},
                     {"untold", verdict.untold},
                     {"findings", ordered_json::array()}};
  for (const CheckHit& hit : verdict.hits) value["findings"].push_back(hit_value(hit));
  return json::line_of(value);
}

}  // namespace wedged
