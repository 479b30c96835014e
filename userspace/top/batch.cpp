// SPDX-License-Identifier: Apache-2.0
#include "top/batch.h"

#include "report/format.h"
#include "report/json_values.h"
#include "top/view.h"

namespace wedged {
namespace {

json::ordered_json rate_value(const SyscallRate& rate) {
  return {{"syscall", rate.name},
          {"calls_per_second", rate.calls_per_second},
          {"errors_per_second", rate.errors_per_second},
          {"p50_seconds", seconds_of(rate.p50)},
          {"p99_seconds", seconds_of(rate.p99)},
          {"longest_seconds", seconds_of(rate.longest)}};
}

}  // namespace

std::string batch_text(const TopSample& sample, unsigned columns) {
  std::string text = "wedged top " + time_text(sample.at.wall) + ", " +
                     std::to_string(sample.findings.size()) + " stuck, " + std::to_string(sample.threads) +
                     " threads\n";
  for (std::size_t at = 0; at < top_views; ++at) {
    TopState state;
    state.view = static_cast<TopView>(at);
    text += "\n" + std::string(title_of(state.view)) + ":\n";
    for (const auto& line : plain_table(arranged(sample, state), columns)) text += line + "\n";
  }
  return text + "\n";
}

std::string batch_json(const TopSample& sample) {
  json::ordered_json document;
  document["schema"] = json::schema;
  document["time"] = json::time_value(sample.at.wall);
  document["interval_seconds"] = seconds_of(sample.elapsed);
  document["threads_scanned"] = sample.threads;
  document["findings"] = json::ordered_json::array();
  for (const auto& finding : sample.findings)
    document["findings"].push_back(json::finding_value(finding, sample.at));
  document["oldest_calls"] = json::ordered_json::array();
  for (const auto& call : sample.oldest_calls) {
    document["oldest_calls"].push_back({{"syscall", name_of_call(call.number, false)},
                                        {"age_seconds", seconds_of(sample.at.monotonic - call.entered)}});
  }
  document["syscalls"] = json::ordered_json::array();
  for (const auto& rate : sample.rates) document["syscalls"].push_back(rate_value(rate));
  return json::line_of(document);
}

}  // namespace wedged
