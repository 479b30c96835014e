// SPDX-License-Identifier: Apache-2.0
#include "report/metrics_text.h"

#include <prometheus/text_serializer.h>

#include "report/metrics.h"
#include "report/open_metrics.h"

namespace wedged {

std::string content_type_of(MetricsFormat format) {
  return format == MetricsFormat::open_metrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                               : "text/plain; version=0.0.4; charset=utf-8";
}

std::string metrics_text(const Published* state, MetricsFormat format) {
  const auto families = collect_metrics(state);
  return format == MetricsFormat::open_metrics ? open_metrics_text(families)
                                               : prometheus::TextSerializer().Serialize(families);
}

}  // namespace wedged
