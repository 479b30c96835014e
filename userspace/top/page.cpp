// SPDX-License-Identifier: Apache-2.0
#include "top/page.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "report/escape.h"
#include "report/events.h"
#include "report/format.h"
#include "top/layout.h"
#include "top/tables.h"

namespace wedged {
namespace {

constexpr const char* help =
    "wedged top shows what is stuck on this host. It changes nothing.\n\n"
    "  1 to 5, Tab      views: Stuck, Calls, Syscalls, Processes, Units\n"
    "  Up Down j k      select; PgUp PgDn Home End\n"
    "  Enter            more about the selected row\n"
    "  Esc q            back; q in a table, or F10, quits\n"
    "  F3 /             search; n finds the next\n"
    "  F4 \\             filter: only rows that contain it; Esc takes it off\n"
    "  F6 < > s         sort by the next column; I or r reverses\n"
    "  Space p          pause, go on\n"
    "  + -              longer, shorter interval\n"
    "  Ctrl-Z           to the shell; fg comes back\n"
    "  F1 h ?           this help\n\n"
    "Stuck: what cannot go on, or has not for too long. '>': at least so long.\n"
    "Calls: calls in flight by name; LONGEST and the thread are of the one that\n"
    "  has been in it longest. Waiting for work is no fault.\n"
    "Syscalls: finished since the last sample. Latencies are upper bounds of\n"
    "  their bucket, accurate to a factor of two. For those of one process or\n"
    "  unit alone start it with --pid or --cgroup.\n"
    "Processes, Units: calls begun and errors returned since the last sample;\n"
    "  MEAN: how long the calls took that returned since, their waits included.\n"
    "  D: threads in uninterruptible sleep. Calls of threads that ended in\n"
    "  between are left out. Processes in no unit are summed up by name.\n"
    "Enter on a call, process or unit lists its threads.\n";

constexpr std::size_t most_threads = 500;
constexpr const char* over = "It is over: nothing of it is there any more.";

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string rate_text(const std::optional<CallRate>& rate) {
  if (!rate) return "calls not counted yet";
  return number_cell(rate->calls_per_second).text + " calls/s, " + number_cell(rate->errors_per_second).text +
         " errors/s";
}

// ", mean 12 us"
std::string mean_text(const FinishedCalls& finished) {
  const auto mean = finished.mean();
  return mean ? ", mean " + length_cell(*mean).text : "";
}

std::string sum_text(const LoadSum& sum) {
  return std::to_string(sum.threads) + (sum.threads == 1 ? " thread, " : " threads, ") +
         std::to_string(sum.running) + " runnable, " + std::to_string(sum.blocked) + " in D state, " +
         rate_text(sum.rate) + mean_text(sum.finished);
}

// Writes the page of each kind of subject.
struct Writer {
  const TopSample& sample;
  unsigned columns = 0;

  [[nodiscard]] std::vector<std::string> with_threads(
      std::vector<std::string> lines, const std::function<bool(const CensusThread&)>& is_wanted) const {
    const auto table = threads_table(sample, is_wanted, most_threads);
    lines.emplace_back();
    for (auto& line : plain_table(table, columns)) lines.push_back(std::move(line));
    if (table.rows.size() == most_threads)
      lines.push_back("The first " + std::to_string(most_threads) + "; --json lists all.");
    return lines;
  }

  std::vector<std::string> operator()(std::monostate) const { return {over}; }

  std::vector<std::string> operator()(const FindingKey& key) const {
    for (const auto& finding : sample.findings) {
      if (finding.key == key) return lines_in(render_raised(finding, sample.at, {}));
    }
    return {"It is over: the thread has moved on, or has ended."};
  }

  std::vector<std::string> operator()(const CallSubject& call) const {
    const auto is_in_it = [&](const CensusThread& thread) {
      return thread.call && CallSubject{thread.call->number, thread.call->compat} == call;
    };
    std::vector<std::string> lines{name_of_call(call.number, call.compat) + ": threads that are in it now"};
    for (const auto& rate : sample.rates) {
      if (CallSubject{rate.number, rate.compat} != call) continue;
      lines.push_back("finished since the last sample: " +
                      rate_text(CallRate{rate.calls_per_second, rate.errors_per_second}) + "; 99 % within " +
                      length_cell(rate.p99).text + ", all within " + length_cell(rate.longest).text);
    }
    return with_threads(std::move(lines), is_in_it);
  }

  std::vector<std::string> operator()(const ProcessId& id) const {
    for (const auto& process : sample.processes) {
      if (process.process != id) continue;
      const std::string unit = process.unit.empty() ? "" : " in " + printable(process.unit);
      return with_threads(
          {printable(process.comm) + "[" + std::to_string(id.tgid) + "]" + unit, sum_text(process.sum)},
          [&](const CensusThread& thread) { return thread.process == id; });
    }
    return {over};
  }

  std::vector<std::string> operator()(const UnitSubject& wanted) const {
    std::vector<ProcessId> processes;  // sorted, as the sample's
    for (const auto& process : sample.processes) {
      if (unit_or_name(process) == wanted.name) processes.push_back(process.process);
    }
    for (const auto& unit : sample.units) {
      if (unit.name != wanted.name) continue;
      const std::string count =
          std::to_string(unit.processes) + (unit.processes == 1 ? " process, " : " processes, ");
      return with_threads({printable(unit.name), count + sum_text(unit.sum)},
                          [&](const CensusThread& thread) {
                            return std::binary_search(processes.begin(), processes.end(), thread.process);
                          });
    }
    return {over};
  }
};

}  // namespace

std::vector<std::string> help_page() {
  return lines_in(help);
}

std::vector<std::string> page_about(const TopSubject& subject, const TopSample& sample, unsigned columns) {
  return std::visit(Writer{sample, columns}, subject);
}

}  // namespace wedged
