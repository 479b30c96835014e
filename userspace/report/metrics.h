// SPDX-License-Identifier: Apache-2.0
// Prometheus metrics as plain families, made from the last published state. Names, types and help stand in
// one table.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "report/published.h"

namespace wedged {

// All series of closed label sets exist at zero from the start; `state` may be null (before the first scan).
[[nodiscard]] std::vector<prometheus::MetricFamily> collect_metrics(const Published* state);

}  // namespace wedged
