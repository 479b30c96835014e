// SPDX-License-Identifier: Apache-2.0
// The conventions of Prometheus, held against the table and against a full scrape.
#include "report/metric_table.h"

#include <gtest/gtest.h>

#include <set>

#include "support/full_state.h"
#include "unit/report/metric_values.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace test;
using prometheus::MetricType;

TEST(MetricTable, counters_and_only_they_end_in_total) {
  for (const MetricRow& row : metric_table()) {
    EXPECT_EQ(row.type == MetricType::Counter, row.name.ends_with("_total")) << row.name;
  }
}

TEST(MetricTable, every_metric_has_the_prefix_a_help_and_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (const MetricRow& row : metric_table()) {
    EXPECT_TRUE(row.name.starts_with("wedged_") || row.name.starts_with("process_")) << row.name;
    EXPECT_TRUE(row.help.ends_with('.')) << row.name;
    EXPECT_EQ(row.help.find_first_of("\n\\"), std::string_view::npos) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name << " is there twice";
  }
}

TEST(Metrics, every_metric_of_the_table_is_filled_by_a_full_state) {
  EXPECT_EQ(Scrape(a_state_with_everything()).families().size(), metric_count);
}

TEST(Metrics, no_label_names_a_process_or_collides_with_those_of_targets) {
  const std::set<std::string> allowed{"cause",  "certainty", "unit",    "syscall", "rule", "action",
                                      "result", "reason",    "program", "version", "flag"};
  const Scrape scrape(a_state_with_everything());
  for (const auto& family : scrape.families()) {
    for (const auto& series : family.metric) {
      for (const auto& label : series.label)
        EXPECT_TRUE(allowed.contains(label.name)) << family.name << label.name;
    }
  }
}

TEST(Metrics, no_series_is_there_twice) {
  const Scrape scrape(a_state_with_everything());
  for (const auto& family : scrape.families()) {
    std::set<LabelMap> seen;
    for (const auto& series : family.metric)
      EXPECT_TRUE(seen.insert(labels_of(series)).second) << family.name;
  }
}

}  // namespace wedged
