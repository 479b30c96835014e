// SPDX-License-Identifier: Apache-2.0
#include "report/check_reader.h"

#include "diagnosis/describe.h"
#include "report/page_reader.h"

namespace wedged {
namespace {

using json::any_count;
using json::greatest_id;
using json::Spot;

CheckedThread thread_at(const Spot& spot) {
  CheckedThread thread;
  thread.pid = static_cast<int>(spot.at("pid").number(greatest_id));
  thread.tid = static_cast<int>(spot.at("tid").number(greatest_id));
  thread.comm = spot.at("comm").text_or_null();
  thread.unit = spot.at("unit").text_or_null();
  thread.cgroup = spot.at("cgroup").text_or_null();
  thread.waiting = spot.at("waiting_seconds").seconds();
  return thread;
}

CheckedThread process_at(const Spot& spot) {
  CheckedThread process;
  process.pid = static_cast<int>(spot.at("pid").number(greatest_id));
  process.comm = spot.at("comm").text_or_null();
  process.unit = spot.at("unit").text_or_null();
  process.cgroup = spot.at("cgroup").text_or_null();
  return process;
}

// True if all are listed.
bool read_threads(const Spot& finding, const std::string& name, std::vector<CheckedThread>& threads) {
  for (const Spot& thread : finding.at(name).items()) threads.push_back(thread_at(thread));
  return finding.at(name + "_total").number(any_count) == static_cast<std::int64_t>(threads.size());
}

Certainty certainty_at(const Spot& spot) {
  const auto certainty = certainty_named(spot.text());
  spot.require(certainty.has_value(), "possible, likely or certain");
  return *certainty;
}

CheckedFinding finding_at(const Spot& spot) {
  CheckedFinding finding;
  finding.cause = spot.at("cause").text();
  finding.certainty = certainty_at(spot.at("certainty"));
  finding.lasted = spot.at("lasted_seconds").seconds();
  finding.summary = spot.at("summary").text();
  finding.process = process_at(spot.at("process"));
  const bool threads = read_threads(spot, "threads", finding.threads);
  const bool victims = read_threads(spot, "victims", finding.victims);
  finding.cut = !threads || !victims;
  return finding;
}

}  // namespace

Result<DaemonFindings> read_findings_page(std::string_view body) {
  return json::read_page<DaemonFindings>(body, [](const DaemonScan& scan, const Spot& page) {
    DaemonFindings answer{scan, {}};
    const auto findings = page.at("findings").items();
    if (!scan.age) return answer;
    for (const Spot& finding : findings) answer.findings.push_back(finding_at(finding));
    return answer;
  });
}

CheckVerdict judge(const CheckSelection& selection, const CheckLevels& levels, const DaemonFindings& answer) {
  const std::string why = why_outdated(answer.scan);
  if (!why.empty()) return cannot_tell(why);
  auto verdict = judge(selection, levels, answer.findings);
  verdict.untold = answer.scan.untold;
  return verdict;
}

}  // namespace wedged
