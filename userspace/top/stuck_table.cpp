// SPDX-License-Identifier: Apache-2.0
// Who is stuck, one row a finding.
#include "report/subject.h"
#include "top/stuck_threads.h"
#include "top/tables.h"

namespace wedged {
namespace {

std::string waits_for(const Finding& finding) {
  const TaskId& stuck = stuck_task(finding).id;
  for (const auto& thread : finding.threads) {
    if (thread.task.id == stuck && !thread.waits_for.empty()) return thread.waits_for;
  }
  return finding.chain.empty() ? finding.summary : finding.chain.back().detail;
}

}  // namespace

TopTable stuck_table(const TopSample& sample) {
  TopTable table{{{"CAUSE"},
                  {"PROCESS"},
                  {"PID/TID", false, 0, true},
                  {"FOR", true},
                  {"CERTAIN", false, 70},
                  {"THREAD", false, 96},
                  {"UNIT", false, 110},
                  {"WAITS FOR"}},
                 {},
                 sample.judged ? "nothing is stuck" : "looking..."};
  for (const auto& finding : sample.findings) {
    const Task& task = stuck_task(finding);
    add_row(table,
            {text_cell(std::string(name_of(finding.key.cause))), text_cell(task.process_comm),
             ids_cell(task.process.tgid, task.id.tid), length_cell(finding.lasted, finding.since_exact),
             text_cell(std::string(name_of(finding.certainty))), text_cell(task.comm),
             text_cell(finding.unit), text_cell(waits_for(finding))},
            finding.key, alarm_of(finding));
  }
  return table;
}

}  // namespace wedged
