// SPDX-License-Identifier: Apache-2.0
// `metric_pages full`: the page of metrics of a state that has everything at its most. `empty`: before the
// first scan. `table`: the table of docs/metrics.md. `calls`: how many system calls have a name here.
#include <prometheus/text_serializer.h>

#include <iostream>
#include <set>
#include <string>

#include "report/metric_table.h"
#include "report/metrics.h"
#include "support/full_state.h"

namespace wedged::test {
namespace {

std::string_view name_of(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter: return "counter";
    case prometheus::MetricType::Gauge: return "gauge";
    case prometheus::MetricType::Histogram: return "histogram";
    default: break;
  }
  return "untyped";
}

// In the order in which the series have them.
std::string labels_of(const prometheus::MetricFamily& family) {
  std::string labels;
  std::set<std::string> seen;
  for (const auto& series : family.metric) {
    for (const auto& label : series.label) {
      if (seen.insert(label.name).second) labels += (labels.empty() ? "" : ", ") + label.name;
    }
  }
  return labels;
}

void print_table() {
  std::cout << "| name | type | labels | meaning |\n|---|---|---|---|\n";
  const Published state = a_state_with_everything();
  for (const auto& family : collect_metrics(&state))
    std::cout << "| `" << family.name << "` | " << name_of(family.type) << " | " << labels_of(family) << " | "
              << family.help << " |\n";
}

void print_page(const Published* state) {
  std::cout << prometheus::TextSerializer().Serialize(collect_metrics(state));
}

}  // namespace
}  // namespace wedged::test

int main(int argc, char** argv) {
  const std::string what = argc == 2 ? argv[1] : "";
  const auto state = wedged::test::a_state_with_everything();
  if (what == "full") wedged::test::print_page(&state);
  if (what == "empty") wedged::test::print_page(nullptr);
  if (what == "table") wedged::test::print_table();
  if (what == "calls") std::cout << wedged::test::named_calls() << '\n';
  return what.empty() ? 2 : 0;
}
