// SPDX-License-Identifier: Apache-2.0
#include "report/metrics.h"

#include <memory>

#include "report/metric_groups.h"
#include "report/page_head.h"

namespace wedged {

std::vector<prometheus::MetricFamily> collect_metrics(const Published* state) {
  static const auto before_the_first_scan = std::make_shared<const Published>();
  const Published& shown = state == nullptr ? *before_the_first_scan : *state;
  Families families;
  // Before it has looked nobody knows whether somebody is stuck: zeros would say that all is well again.
  if (was_scanned(state)) add_findings_metrics(families, shown);
  add_findings_totals(families, shown);
  add_syscall_metrics(families, shown);
  add_kernel_metrics(families, shown);
  add_self_metrics(families, shown);
  return families.take();
}

}  // namespace wedged
