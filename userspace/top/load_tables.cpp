// SPDX-License-Identifier: Apache-2.0
// Who makes the calls: processes, units, and the threads of one of them.
#include <algorithm>
#include <map>
#include <set>

#include "report/format.h"
#include "top/stuck_threads.h"
#include "top/tables.h"

namespace wedged {
namespace {

TopCell rate_cell(const std::optional<CallRate>& rate, double CallRate::*which) {
  return rate ? number_cell(*rate.*which) : TopCell{"-", -1};
}

TopCell mean_cell(const FinishedCalls& finished) {
  const auto mean = finished.mean();
  return mean ? length_cell(*mean) : TopCell{"-", -1};
}

// "futex 3 min 20 s"; the longest first.
TopCell call_cell(const std::optional<CallInFlight>& call, Instant now) {
  if (!call) return {"-", 1};
  const auto length = length_cell(now - call->since, call->exact);
  return {name_of_call(call->number, call->compat) + " " + length.text, -length.key};
}

// Of the findings of one unit.
struct UnitFindings {
  std::set<TaskId> threads;  // one may be in several findings
  std::set<TaskId> victims;
  TopAlarm alarm = TopAlarm::none;
};

std::map<std::string, UnitFindings> findings_by_unit(const TopSample& sample) {
  std::map<std::string, UnitFindings> sums;
  for (const auto& finding : sample.findings) {
    auto& sum = sums[finding.unit.empty() ? finding.task.process_comm : finding.unit];
    for (const auto& thread : finding.threads) sum.threads.insert(thread.task.id);
    for (const auto& victim : finding.victims) sum.victims.insert(victim.task.id);
    sum.alarm = std::max(sum.alarm, alarm_of(finding));
  }
  return sums;
}

void add_unit(TopTable& table, const UnitLoad& unit, const UnitFindings& findings, Instant now) {
  const auto& sum = unit.sum;
  add_row(
      table,
      {text_cell(unit.name), rate_cell(sum.rate, &CallRate::calls_per_second),
       rate_cell(sum.rate, &CallRate::errors_per_second), mean_cell(sum.finished), count_cell(unit.processes),
       count_cell(sum.threads), count_cell(sum.blocked), count_cell(findings.threads.size()),
       count_cell(findings.victims.size()), call_cell(sum.longest, now)},
      UnitSubject{unit.name}, findings.alarm);
}

void add_thread(TopTable& table, const ThreadLoad& load, const StuckThreads& stuck, Instant now) {
  const auto& thread = load.thread;
  const auto call = call_in_flight(thread);
  const auto* finding = stuck.finding_of(thread.id);
  add_row(table,
          {id_cell(thread.id.tid),
           text_cell(thread.comm),
           {std::string(1, letter_of(thread.state)), 0},
           call ? text_cell(name_of_call(call->number, call->compat)) : TopCell{"-", 0},
           call ? length_cell(now - call->since, call->exact) : TopCell{"-", -1},
           rate_cell(load.rate, &CallRate::calls_per_second),
           rate_cell(load.rate, &CallRate::errors_per_second),
           mean_cell(load.finished),
           text_cell(finding == nullptr ? "" : std::string(name_of(finding->key.cause))),
           text_cell(thread.process_comm),
           id_cell(thread.process.tgid)},
          {}, stuck.alarm_of(thread.id));
}

}  // namespace

TopTable processes_table(const TopSample& sample) {
  const StuckThreads stuck(sample.findings);
  TopTable table{{{"PROCESS"},
                  {"PID", true},
                  {"CALLS/S", true},
                  {"ERRORS/S", true},
                  {"MEAN", true, 74},
                  {"THREADS", true},
                  {"D", true},
                  {"STUCK", true},
                  {"UNIT", false, 60},
                  {"LONGEST CALL", false, 110, true}},
                 {},
                 "no process is known yet"};
  for (const auto& process : sample.processes) {
    const auto& sum = process.sum;
    add_row(table,
            {text_cell(process.comm), id_cell(process.process.tgid),
             rate_cell(sum.rate, &CallRate::calls_per_second),
             rate_cell(sum.rate, &CallRate::errors_per_second), mean_cell(sum.finished),
             count_cell(sum.threads), count_cell(sum.blocked), count_cell(stuck.count_in(process.process)),
             text_cell(process.unit), call_cell(sum.longest, sample.at.monotonic)},
            process.process, stuck.alarm_of(process.process));
  }
  return table;
}

TopTable units_table(const TopSample& sample) {
  TopTable table{{{"UNIT OR PROCESS"},
                  {"CALLS/S", true},
                  {"ERRORS/S", true},
                  {"MEAN", true, 90},
                  {"PROCESSES", true, 104},
                  {"THREADS", true},
                  {"D", true},
                  {"STUCK", true},
                  {"VICTIMS", true},
                  {"LONGEST CALL", false, 110, true}},
                 {},
                 "no process is known yet"};
  auto findings = findings_by_unit(sample);
  for (const auto& unit : sample.units) {
    add_unit(table, unit, findings[unit.name], sample.at.monotonic);
    findings.erase(unit.name);
  }
  // Of processes that no census has seen.
  for (const auto& [name, sums] : findings) add_unit(table, {name, false, 0, {}}, sums, sample.at.monotonic);
  return table;
}

TopTable threads_table(const TopSample& sample, const std::function<bool(const CensusThread&)>& is_wanted,
                       std::size_t most) {
  const StuckThreads stuck(sample.findings);
  TopTable table{{{"TID", true},
                  {"THREAD"},
                  {"S"},
                  {"SYSCALL"},
                  {"FOR", true},
                  {"CALLS/S", true},
                  {"ERRORS/S", true, 90},
                  {"MEAN", true, 90},
                  {"STUCK"},
                  {"PROCESS", false, 100},
                  {"PID", true, 100}},
                 {},
                 "none any more"};
  for (const auto& load : sample.threads) {
    if (is_wanted(load.thread)) add_thread(table, load, stuck, sample.at.monotonic);
  }
  constexpr std::size_t column_for = 4;
  sort_rows(table, {column_for, false});
  if (table.rows.size() > most) table.rows.resize(most);
  return table;
}

}  // namespace wedged
