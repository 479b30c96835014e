// SPDX-License-Identifier: Apache-2.0
// System calls: those in flight, with who has been in each longest; and those finished, by rate and latency.
#include <algorithm>
#include <map>

#include "top/stuck_threads.h"
#include "top/tables.h"

namespace wedged {
namespace {

struct InFlight {
  unsigned threads = 0;
  std::optional<CallInFlight> longest;
  const CensusThread* thread = nullptr;  // that is in it longest
  TopAlarm alarm = TopAlarm::none;       // the worst of any of its threads
};

std::map<CallSubject, InFlight> calls_in_flight(const TopSample& sample) {
  const StuckThreads stuck(sample.findings);
  std::map<CallSubject, InFlight> calls;
  for (const auto& load : sample.threads) {
    const auto call = call_in_flight(load.thread);
    if (!call) continue;
    auto& seen = calls[{call->number, call->compat}];
    seen.threads += 1;
    seen.alarm = std::max(seen.alarm, stuck.alarm_of(load.thread.id));
    if (seen.longest && seen.longest->since <= call->since) continue;
    seen.longest = call;
    seen.thread = &load.thread;
  }
  return calls;
}

std::string unit_of_process(const TopSample& sample, const ProcessId& process) {
  const auto found =
      std::lower_bound(sample.processes.begin(), sample.processes.end(), process,
                       [](const ProcessLoad& load, const ProcessId& id) { return load.process < id; });
  return found != sample.processes.end() && found->process == process ? found->unit : "";
}

}  // namespace

TopTable calls_table(const TopSample& sample) {
  TopTable table{{{"SYSCALL"},
                  {"LONGEST", true},
                  {"THREADS", true},
                  {"PID/TID", false, 0, true},
                  {"PROCESS"},
                  {"THREAD", false, 70},
                  {"UNIT", false, 90}},
                 {},
                 "no call in flight is known"};
  for (const auto& [subject, call] : calls_in_flight(sample)) {
    const auto& thread = *call.thread;
    add_row(table,
            {text_cell(name_of_call(subject.number, subject.compat)),
             length_cell(sample.at.monotonic - call.longest->since, call.longest->exact),
             count_cell(call.threads), ids_cell(thread.process.tgid, thread.id.tid),
             text_cell(thread.process_comm), text_cell(thread.comm),
             text_cell(unit_of_process(sample, thread.process))},
            subject, call.alarm);
  }
  return table;
}

TopTable syscalls_table(const TopSample& sample) {
  TopTable table{{{"SYSCALL"},
                  {"CALLS/S", true},
                  {"ERRORS/S", true},
                  {"P50 <", true},
                  {"P99 <", true},
                  {"LONGEST <", true}},
                 {},
                 sample.calls_tracked ? "measuring..." : "calls are not tracked (--observe scan)"};
  for (const auto& rate : sample.rates) {
    add_row(table,
            {text_cell(rate.name), number_cell(rate.calls_per_second), number_cell(rate.errors_per_second),
             length_cell(rate.p50), length_cell(rate.p99), length_cell(rate.longest)},
            CallSubject{rate.number, rate.compat});
  }
  return table;
}

}  // namespace wedged
