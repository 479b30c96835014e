// SPDX-License-Identifier: Apache-2.0
// Looks up collected series the way a query would: by family name and exact labels.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "report/metrics.h"

namespace wedged::test {

using LabelMap = std::map<std::string, std::string>;

inline LabelMap labels_of(const prometheus::ClientMetric& series) {
  LabelMap labels;
  for (const auto& label : series.label) labels[label.name] = label.value;
  return labels;
}

class Scrape {
 public:
  explicit Scrape(const Published* state) : families_(collect_metrics(state)) {}
  explicit Scrape(const Published& state) : Scrape(&state) {}

  [[nodiscard]] const std::vector<prometheus::MetricFamily>& families() const { return families_; }

  // Null if there is no such series.
  [[nodiscard]] const prometheus::ClientMetric* series(const std::string& name,
                                                       const LabelMap& labels) const {
    for (const auto& family : families_) {
      if (family.name != name) continue;
      for (const auto& candidate : family.metric) {
        if (labels_of(candidate) == labels) return &candidate;
      }
    }
    return nullptr;
  }

  // The value of a counter or gauge; absent if there is no such series.
  [[nodiscard]] std::optional<double> value(const std::string& name, const LabelMap& labels = {}) const {
    const auto* found = series(name, labels);
    if (found == nullptr) return std::nullopt;
    return name.ends_with("_total") ? found->counter.value : found->gauge.value;
  }

  [[nodiscard]] std::size_t series_count(const std::string& name) const {
    for (const auto& family : families_) {
      if (family.name == name) return family.metric.size();
    }
    return 0;
  }

 private:
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace wedged::test
