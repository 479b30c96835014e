// SPDX-License-Identifier: Apache-2.0
#include "top/batch.h"

#include <algorithm>

#include "report/format.h"
#include "report/json_values.h"
#include "report/list.h"
#include "top/layout.h"
#include "top/state.h"

namespace wedged {
namespace {

constexpr std::size_t most_rows = 40;

json::ordered_json rate_value(const SyscallRate& rate) {
  return {{"syscall", rate.name},
          {"calls_per_second", rate.calls_per_second},
          {"errors_per_second", rate.errors_per_second},
          {"p50_seconds", seconds_of(rate.p50)},
          {"p99_seconds", seconds_of(rate.p99)},
          {"longest_seconds", seconds_of(rate.longest)}};
}

json::ordered_json call_value(const std::optional<CallInFlight>& call, Instant now) {
  if (!call) return nullptr;
  return {{"syscall", name_of_call(call->number, call->compat)},
          {"tid", call->thread.tid},
          {"age_seconds", seconds_of(std::max(now - call->since, Duration{}))},  // it may have begun since
          {"age_exact", call->exact}};
}

void add_rate(json::ordered_json& value, const std::optional<CallRate>& rate) {
  value["calls_per_second"] = rate ? json::ordered_json(rate->calls_per_second) : nullptr;
  value["errors_per_second"] = rate ? json::ordered_json(rate->errors_per_second) : nullptr;
}

void add_finished(json::ordered_json& value, const FinishedCalls& finished) {
  const auto mean = finished.mean();
  value["mean_seconds"] = mean ? json::ordered_json(seconds_of(*mean)) : nullptr;
}

void add_sum(json::ordered_json& value, const LoadSum& sum, Instant now) {
  value["threads"] = sum.threads;
  value["runnable_threads"] = sum.running;
  value["blocked_threads"] = sum.blocked;
  add_rate(value, sum.rate);
  add_finished(value, sum.finished);
  value["longest_call"] = call_value(sum.longest, now);
}

json::ordered_json name_or_null(const std::string& name) {
  return name.empty() ? json::ordered_json(nullptr) : json::ordered_json(name);
}

json::ordered_json process_value(const ProcessLoad& process, Instant now) {
  json::ordered_json value{
      {"pid", process.process.tgid}, {"comm", process.comm}, {"unit", name_or_null(process.unit)}};
  add_sum(value, process.sum, now);
  return value;
}

json::ordered_json unit_value(const UnitLoad& unit, Instant now) {
  json::ordered_json value{{"name", unit.name}, {"is_unit", unit.is_unit}, {"processes", unit.processes}};
  add_sum(value, unit.sum, now);
  return value;
}

json::ordered_json thread_value(const ThreadLoad& load, Instant now) {
  const auto& thread = load.thread;
  json::ordered_json value{{"pid", thread.process.tgid},
                           {"tid", thread.id.tid},
                           {"comm", thread.comm},
                           {"state", state_name(thread.state)}};
  value["call"] = call_value(call_in_flight(thread), now);
  add_rate(value, load.rate);
  add_finished(value, load.finished);
  return value;
}

}  // namespace

std::string batch_text(const TopSample& sample, unsigned columns) {
  std::string text = "wedged top " + time_text(sample.at.wall) + ", " +
                     std::to_string(sample.findings.size()) + " stuck" + untold_text(sample.untold) + ", " +
                     std::to_string(sample.threads_scanned) + " threads" + scope_suffix(sample.scope) + "\n";
  for (std::size_t at = 0; at < top_views; ++at) {
    TopState state;
    state.view = static_cast<TopView>(at);
    text += "\n" + std::string(title_of(state.view)) + ":\n";
    auto table = arranged(sample, state);
    const std::size_t rows = table.rows.size();
    // Nobody may miss that something is stuck.
    if (state.view != TopView::stuck && rows > most_rows) table.rows.resize(most_rows);
    for (const auto& line : plain_table(table, columns)) text += line + "\n";
    if (table.rows.size() < rows) text += "... and " + std::to_string(rows - table.rows.size()) + " more\n";
  }
  return text + "\n";
}

std::string batch_json(const TopSample& sample) {
  const auto now = sample.at.monotonic;
  json::ordered_json document;
  document["schema"] = json::schema;
  document["time"] = json::time_value(sample.at.wall);
  document["interval_seconds"] = seconds_of(sample.elapsed);
  document["threads_scanned"] = sample.threads_scanned;
  document["untold"] = sample.untold;
  for (const char* list : {"findings", "syscalls", "units", "processes", "threads"})
    document[list] = json::ordered_json::array();
  for (const auto& finding : sample.findings)
    document["findings"].push_back(json::finding_value(finding, sample.at));
  for (const auto& rate : sample.rates) document["syscalls"].push_back(rate_value(rate));
  for (const auto& unit : sample.units) document["units"].push_back(unit_value(unit, now));
  for (const auto& process : sample.processes) document["processes"].push_back(process_value(process, now));
  for (const auto& load : sample.threads) {
    if (!load.thread.kernel_thread) document["threads"].push_back(thread_value(load, now));
  }
  return json::line_of(document);
}

}  // namespace wedged
