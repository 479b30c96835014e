// SPDX-License-Identifier: Apache-2.0
#include "recording/names.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace wedged::recorded {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

}  // namespace

std::string rfc3339(WallTime at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  const auto nanoseconds = static_cast<long long>((at - whole).count());
  const std::time_t seconds = whole.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%09lldZ", parts.tm_year + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, nanoseconds);
  return text.data();
}

// Written out again it must be the same: that leaves no room for the 31st of February.
std::optional<WallTime> wall_time_of(const std::string& text) {
  std::tm parts{};
  long long nanoseconds = 0;
  const int read = std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d.%9lldZ", &parts.tm_year, &parts.tm_mon,
                               &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &nanoseconds);
  if (read != 7 || parts.tm_year < 1970 || parts.tm_year > 2200) return std::nullopt;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  const std::int64_t seconds = timegm(&parts);
  const WallTime at{Duration{seconds * ns_per_second + nanoseconds}};
  if (rfc3339(at) != text) return std::nullopt;
  return at;
}

}  // namespace wedged::recorded
