// SPDX-License-Identifier: Apache-2.0
#include "config/duration.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "config/problems.h"

namespace wedged {
namespace {

using Milliseconds = std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  Milliseconds length;
};
constexpr std::array units{Unit{"h", std::chrono::hours(1)}, Unit{"m", std::chrono::minutes(1)},
                           Unit{"s", std::chrono::seconds(1)}, Unit{"ms", Milliseconds(1)}};

// Enough for 11 years in milliseconds, and in hours still no overflow: 10^12 h would be one.
constexpr std::uint64_t greatest_number = 350'000'000'000;

std::optional<Milliseconds> length_of(std::string_view unit) {
  for (const Unit& one : units) {
    if (one.name == unit) return one.length;
  }
  return std::nullopt;
}

Error malformed(const std::string& text, const std::string& must) {
  return {ErrorKind::malformed, must + ", not " + quote(text)};
}

}  // namespace

Result<Duration> parse_duration(const std::string& text, const DurationRange& range) {
  std::uint64_t number = 0;
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto length = length_of({unit, static_cast<std::size_t>(text.data() + text.size() - unit)});
  if (error == std::errc::invalid_argument || !length) {
    return malformed(text, "must be a whole number and a unit (ms, s, m, h) such as 500ms or 10s");
  }
  const std::string bounds =
      "must be from " + duration_as_written(range.least) + " to " + duration_as_written(range.greatest);
  // Compared by division, so that no number overflows.
  const auto most = static_cast<std::uint64_t>(range.greatest / *length);
  if (error != std::errc{} || number > greatest_number || number > most) return malformed(text, bounds);
  const Duration duration = *length * static_cast<std::int64_t>(number);
  if (duration < range.least) return malformed(text, bounds);
  return duration;
}

std::string duration_as_written(Duration duration) {
  const auto whole = std::chrono::duration_cast<Milliseconds>(duration);
  if (whole == Milliseconds{}) return "0s";
  for (const Unit& unit : units) {
    if (whole % unit.length == Milliseconds{})
      return std::to_string(whole / unit.length) + std::string{unit.name};
  }
  return std::to_string(whole.count()) + "ms";
}

}  // namespace wedged
