// SPDX-License-Identifier: Apache-2.0
#include "report/open_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "report/metrics_text.h"

namespace wedged {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

MetricFamily a_counter(const std::string& name, double value) {
  ClientMetric metric;
  metric.counter.value = value;
  return {name, "What it counts", MetricType::Counter, {metric}};
}

TEST(OpenMetrics, a_counter_has_its_total_in_the_sample_and_not_in_the_family) {
  EXPECT_EQ(open_metrics_text({a_counter("a_scans_total", 7)}),
            "# HELP a_scans What it counts\n# TYPE a_scans counter\na_scans_total 7.0\n# EOF\n");
}

TEST(OpenMetrics, a_counter_by_another_name_is_not_called_one) {
  EXPECT_THAT(open_metrics_text({a_counter("a_scans", 7)}), HasSubstr("# TYPE a_scans unknown\n"));
}

TEST(OpenMetrics, a_counter_that_is_no_number_is_left_out) {
  const std::string text = open_metrics_text({a_counter("a_total", std::nan(""))});
  EXPECT_THAT(text, Not(HasSubstr("NaN")));
  EXPECT_THAT(text, EndsWith("# EOF\n"));
}

TEST(OpenMetrics, units_are_told_where_names_end_in_them) {
  EXPECT_THAT(open_metrics_text({a_counter("a_wait_seconds_total", 1)}),
              HasSubstr("# UNIT a_wait_seconds seconds\n"));
  EXPECT_THAT(open_metrics_text({a_counter("a_bytes_total", 1)}), HasSubstr("# UNIT a_bytes bytes\n"));
  EXPECT_THAT(open_metrics_text({a_counter("milliseconds_total", 1)}), Not(HasSubstr("# UNIT")));
}

TEST(OpenMetrics, labels_and_help_are_escaped) {
  MetricFamily family{"g", "a \"b\"\n\\c", MetricType::Gauge, {}};
  ClientMetric metric;
  metric.label = {{"x", "q\"b\\n\nz"}, {"y", "plain"}};
  metric.gauge.value = -1.5;
  family.metric = {metric};
  EXPECT_EQ(
      open_metrics_text({family}),
      "# HELP g a \\\"b\\\"\\n\\\\c\n# TYPE g gauge\ng{x=\"q\\\"b\\\\n\\nz\",y=\"plain\"} -1.5\n# EOF\n");
}

TEST(OpenMetrics, a_histogram_ends_with_the_bucket_of_everything) {
  MetricFamily family{"h_seconds", "H", MetricType::Histogram, {}};
  ClientMetric metric;
  metric.label = {{"syscall", "read"}};
  metric.histogram = {5, 2.5, {{1, 0.001}, {3, 1}}};
  family.metric = {metric};
  EXPECT_EQ(open_metrics_text({family}),
            "# HELP h_seconds H\n# TYPE h_seconds histogram\n# UNIT h_seconds seconds\n"
            "h_seconds_bucket{syscall=\"read\",le=\"0.001\"} 1\n"
            "h_seconds_bucket{syscall=\"read\",le=\"1.0\"} 3\n"
            "h_seconds_bucket{syscall=\"read\",le=\"+Inf\"} 5\n"
            "h_seconds_count{syscall=\"read\"} 5\nh_seconds_sum{syscall=\"read\"} 2.5\n# EOF\n");
}

TEST(OpenMetrics, numbers_are_as_other_clients_write_them) {
  EXPECT_EQ(open_metrics_number(0), "0.0");
  EXPECT_EQ(open_metrics_number(1), "1.0");
  EXPECT_EQ(open_metrics_number(10), "10.0");
  EXPECT_EQ(open_metrics_number(-123456.5), "-123456.5");
  EXPECT_EQ(open_metrics_number(1e6), "1e+06");
  EXPECT_EQ(open_metrics_number(1234567), "1.234567e+06");
  EXPECT_EQ(open_metrics_number(1e100), "1e+100");
  EXPECT_EQ(open_metrics_number(0.0001), "0.0001");
  EXPECT_EQ(open_metrics_number(0.00001), "1e-05");
  EXPECT_EQ(open_metrics_number(1024e-9), "1.024e-06");
  EXPECT_EQ(open_metrics_number(1714533164.123), "1.714533164123e+09");
  EXPECT_EQ(open_metrics_number(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(open_metrics_number(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(open_metrics_number(std::nan("")), "NaN");
}

TEST(OpenMetrics, numbers_lose_nothing) {
  for (const double value : {1.0 / 3, 9007199254740992.0, 2.2250738585072014e-308, 0.1 + 0.2, 68.719476736})
    EXPECT_EQ(std::stod(open_metrics_number(value)), value);
}

TEST(OpenMetrics, both_formats_have_the_same_families) {
  const std::string open = metrics_text(nullptr, MetricsFormat::open_metrics);
  EXPECT_THAT(open, HasSubstr("\nwedged_scans_total 0.0\n"));
  EXPECT_THAT(open, EndsWith("\n# EOF\n"));
  EXPECT_THAT(metrics_text(nullptr, MetricsFormat::text), HasSubstr("\nwedged_scans_total 0\n"));
}

}  // namespace wedged
