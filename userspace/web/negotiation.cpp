// SPDX-License-Identifier: Apache-2.0
#include "web/negotiation.h"

#include <strings.h>
#include <algorithm>
#include <charconv>
#include <optional>

namespace wedged {
namespace {

bool same(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::strncasecmp(left.data(), right.data(), left.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Takes what stands before the separator off the front.
std::string_view next(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const std::string_view part = trimmed(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

struct Choice {
  std::string_view name;
  std::string_view version;
  double quality = 1;
};

// A quality that is none counts as 0: better what everybody can read.
double quality_of(std::string_view text) {
  double quality = 0;
  const auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), quality, std::chars_format::fixed);
  const bool good = error == std::errc{} && rest == text.data() + text.size() && quality >= 0 && quality <= 1;
  return good ? quality : 0;
}

Choice choice_of(std::string_view text) {
  Choice choice;
  choice.name = next(text, ';');
  while (!text.empty()) {
    std::string_view value = next(text, ';');
    const std::string_view key = next(value, '=');
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    if (same(key, "q")) choice.quality = quality_of(trimmed(value));
    if (same(key, "version")) choice.version = value;
  }
  return choice;
}

}  // namespace

MetricsFormat metrics_format_for(std::string_view accept) {
  double open = 0;
  double text = 0;
  while (!accept.empty()) {
    const Choice choice = choice_of(next(accept, ','));
    const bool our_version = choice.version.empty() || choice.version == "1.0.0";
    if (same(choice.name, "application/openmetrics-text") && our_version)
      open = std::max(open, choice.quality);
    if (same(choice.name, "text/plain") || same(choice.name, "text/*") || same(choice.name, "*/*"))
      text = std::max(text, choice.quality);
  }
  return open > 0 && open >= text ? MetricsFormat::open_metrics : MetricsFormat::text;
}

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<double> named;
  double any = 0;
  while (!accept_encoding.empty()) {
    const Choice choice = choice_of(next(accept_encoding, ','));
    if (same(choice.name, "gzip") || same(choice.name, "x-gzip")) named = choice.quality;
    if (choice.name == "*") any = choice.quality;
  }
  return named.value_or(any) > 0;
}

}  // namespace wedged
