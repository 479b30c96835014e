// SPDX-License-Identifier: Apache-2.0
// The page of metrics in each format that Prometheus takes. Pure.
#pragma once

#include <string>

#include "report/published.h"

namespace wedged {

enum class MetricsFormat {
  text,          // Prometheus's own, 0.0.4
  open_metrics,  // OpenMetrics 1.0
};

// As a Content-Type.
[[nodiscard]] std::string content_type_of(MetricsFormat format);

// `state` may be null (before the first scan).
[[nodiscard]] std::string metrics_text(const Published* state, MetricsFormat format);

}  // namespace wedged
