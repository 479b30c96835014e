// SPDX-License-Identifier: Apache-2.0
#include "config/size.h"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "config/problems.h"

namespace wedged {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array units{Unit{"TiB", std::uint64_t{1} << 40}, Unit{"GiB", std::uint64_t{1} << 30},
                           Unit{"MiB", std::uint64_t{1} << 20}, Unit{"KiB", std::uint64_t{1} << 10}};

std::optional<std::uint64_t> bytes_of(std::string_view unit) {
  for (const Unit& one : units) {
    if (one.name == unit) return one.bytes;
  }
  return std::nullopt;
}

Error malformed(const std::string& text, const std::string& must) {
  return {ErrorKind::malformed, must + ", not " + quote(text)};
}

}  // namespace

Result<std::uint64_t> parse_size(const std::string& text, const SizeRange& range) {
  std::uint64_t number = 0;
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto bytes = bytes_of({unit, static_cast<std::size_t>(text.data() + text.size() - unit)});
  if (error == std::errc::invalid_argument || !bytes) {
    return malformed(text, "must be a whole number and a unit (KiB, MiB, GiB, TiB) such as 256MiB");
  }
  // Compared by division, so that no number overflows.
  const bool too_much = error != std::errc{} || number > range.greatest / *bytes;
  if (too_much || number * *bytes < range.least) {
    return malformed(
        text, "must be from " + size_as_written(range.least) + " to " + size_as_written(range.greatest));
  }
  return number * *bytes;
}

std::string size_as_written(std::uint64_t bytes) {
  const std::uint64_t whole = bytes & ~(units.back().bytes - 1);
  for (const Unit& unit : units) {
    if (whole >= unit.bytes && whole % unit.bytes == 0)
      return std::to_string(whole / unit.bytes) + std::string{unit.name};
  }
  return "0KiB";
}

}  // namespace wedged
