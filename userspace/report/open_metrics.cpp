// SPDX-License-Identifier: Apache-2.0
// The format: https://github.com/OpenObservability/OpenMetrics, version 1.0.
#include "report/open_metrics.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace wedged {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view total = "_total";

// Of label values and of help.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    switch (letter) {
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '"': out += "\\\""; break;
      default: out += letter;
    }
  }
  return out;
}

// The name of the family: a counter's has no _total, its samples have.
std::string family_name(const MetricFamily& family) {
  std::string name = family.name;
  if (family.type == MetricType::Counter && name.ends_with(total)) name.resize(name.size() - total.size());
  return name;
}

std::string_view type_name(const MetricFamily& family) {
  switch (family.type) {
    case MetricType::Counter: return family.name.ends_with(total) ? "counter" : "unknown";
    case MetricType::Gauge: return "gauge";
    case MetricType::Histogram: return "histogram";
    default: return "unknown";
  }
}

std::string_view unit_of(std::string_view name) {
  for (const std::string_view unit : {"seconds", "bytes"}) {
    if (name.size() > unit.size() + 1 && name.ends_with(unit) && name[name.size() - unit.size() - 1] == '_')
      return unit;
  }
  return {};
}

class Writer {
 public:
  void family(const MetricFamily& family) {
    const std::string name = family_name(family);
    out_.append("# HELP ").append(name).append(" ").append(escaped(family.help)).append("\n");
    out_.append("# TYPE ").append(name).append(" ").append(type_name(family)).append("\n");
    if (const auto unit = unit_of(name); !unit.empty())
      out_.append("# UNIT ").append(name).append(" ").append(unit).append("\n");
    for (const ClientMetric& metric : family.metric) {
      if (family.type == MetricType::Histogram) {
        histogram(name, metric);
      } else {
        single(family, metric);
      }
    }
  }

  std::string take() {
    out_ += "# EOF\n";
    return std::move(out_);
  }

 private:
  void single(const MetricFamily& family, const ClientMetric& metric) {
    const bool counts = family.type == MetricType::Counter;
    const double value = counts                             ? metric.counter.value
                         : family.type == MetricType::Gauge ? metric.gauge.value
                                                            : metric.untyped.value;
    if (!counts || !std::isnan(value)) sample(family.name, metric, {}, open_metrics_number(value));
  }

  // With the bucket of everything, which the families may leave out.
  void histogram(const std::string& name, const ClientMetric& metric) {
    const auto& values = metric.histogram;
    bool whole = false;
    for (const auto& bucket : values.bucket) {
      sample(name + "_bucket", metric, open_metrics_number(bucket.upper_bound),
             std::to_string(bucket.cumulative_count));
      whole = std::isinf(bucket.upper_bound);
    }
    if (!whole) sample(name + "_bucket", metric, "+Inf", std::to_string(values.sample_count));
    sample(name + "_count", metric, {}, std::to_string(values.sample_count));
    sample(name + "_sum", metric, {}, open_metrics_number(values.sample_sum));
  }

  void sample(const std::string& name, const ClientMetric& metric, const std::string& bound,
              const std::string& value) {
    out_ += name;
    char before = '{';
    const auto label = [&](std::string_view key, const std::string& text) {
      out_.append(1, before).append(key).append("=\"").append(text).append("\"");
      before = ',';
    };
    for (const auto& each : metric.label) label(each.name, escaped(each.value));
    if (!bound.empty()) label("le", bound);
    if (before == ',') out_ += '}';
    out_.append(" ").append(value).append("\n");
  }

  std::string out_;
};

std::string in_positions(const std::string& digits, int exponent) {
  if (exponent < 0) return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return digits + std::string(whole - digits.size(), '0') + ".0";
  return digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string with_exponent(const std::string& digits, int exponent) {
  const std::string size = std::to_string(std::abs(exponent));
  return digits.substr(0, 1) + (digits.size() > 1 ? "." + digits.substr(1) : "") +
         (exponent < 0 ? "e-" : "e+") + (size.size() < 2 ? "0" : "") + size;
}

}  // namespace

std::string open_metrics_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value == 0) return "0.0";
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                 std::chars_format::scientific)
                       .ptr;
  const std::string_view written(buffer.data(), static_cast<std::size_t>(end - buffer.data()));  // "1.25e-05"
  const auto e = written.find('e');
  int exponent = 0;
  const char* from = written.data() + e + (written[e + 1] == '+' ? 2 : 1);
  std::from_chars(from, written.data() + written.size(), exponent);
  std::string digits(written.substr(0, 1));
  if (e > 2) digits += written.substr(2, e - 2);
  const bool plain = exponent >= -4 && exponent < 6;
  return (value < 0 ? "-" : "") + (plain ? in_positions(digits, exponent) : with_exponent(digits, exponent));
}

std::string open_metrics_text(const std::vector<MetricFamily>& families) {
  Writer writer;
  for (const MetricFamily& family : families) writer.family(family);
  return writer.take();
}

}  // namespace wedged
