// SPDX-License-Identifier: Apache-2.0
#include "web/negotiation.h"

#include <gtest/gtest.h>

namespace wedged {

TEST(Negotiation, prometheus_gets_open_metrics) {
  EXPECT_EQ(
      metrics_format_for(
          "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
          "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
      MetricsFormat::open_metrics);
  EXPECT_EQ(metrics_format_for("application/openmetrics-text; version=1.0.0; charset=utf-8"),
            MetricsFormat::open_metrics);
  EXPECT_EQ(metrics_format_for("APPLICATION/OpenMetrics-Text ; version=\"1.0.0\" ; Q=1"),
            MetricsFormat::open_metrics);
}

TEST(Negotiation, others_get_text) {
  for (const char* accept :
       {"", "*/*", "text/plain", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json", ";;,,;q",
        "q=1", "application/openmetrics-text;version=0.0.1", "application/openmetrics-text;version=2.0.0"}) {
    EXPECT_EQ(metrics_format_for(accept), MetricsFormat::text) << accept;
  }
}

TEST(Negotiation, the_greater_quality_wins) {
  EXPECT_EQ(metrics_format_for("application/openmetrics-text;q=0.3, text/plain;q=0.4"), MetricsFormat::text);
  EXPECT_EQ(metrics_format_for("application/openmetrics-text;q=0.4, text/plain;q=0.4"),
            MetricsFormat::open_metrics);
  EXPECT_EQ(metrics_format_for("application/openmetrics-text;q=0"), MetricsFormat::text);
  EXPECT_EQ(metrics_format_for("application/openmetrics-text;q=x"), MetricsFormat::text)
      << "no quality at all";
  EXPECT_EQ(metrics_format_for("application/openmetrics-text;q=-1"), MetricsFormat::text);
}

TEST(Negotiation, gzip_is_for_who_takes_it) {
  for (const char* encoding : {"gzip", "gzip, deflate, br", "deflate, gzip;q=0.5", "*", "GZIP", "x-gzip"})
    EXPECT_TRUE(accepts_gzip(encoding)) << encoding;
  for (const char* encoding : {"", "identity", "deflate", "gzip;q=0", "*, gzip;q=0", "*;q=0", "gzipped"})
    EXPECT_FALSE(accepts_gzip(encoding)) << encoding;
}

}  // namespace wedged
