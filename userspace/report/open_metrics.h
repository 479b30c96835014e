// SPDX-License-Identifier: Apache-2.0
// Metric families as OpenMetrics 1.0 text, which prometheus-cpp does not write. Pure.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

namespace wedged {

// Counters whose name ends in _total, gauges and histograms by their type; anything else is `unknown`. Ends
// with "# EOF". A counter that is not a number is left out, as the format has no such counters.
[[nodiscard]] std::string open_metrics_text(const std::vector<prometheus::MetricFamily>& families);

// A number as Go's and Python's clients write it: "1.0", "0.0001", "1e-05", "+Inf".
[[nodiscard]] std::string open_metrics_number(double value);

}  // namespace wedged
