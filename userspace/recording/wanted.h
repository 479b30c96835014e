// SPDX-License-Identifier: Apache-2.0
// What would be right in a place of a recording, in words for errors. By type; looks at no value.
#pragma once

#include <array>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "recording/fields.h"
#include "recording/kinds.h"

namespace wedged::recorded {

template <typename T>
std::string range_text(T least, T greatest) {
  return "a whole number from " + std::to_string(least) + " to " + std::to_string(greatest);
}

inline std::string wanted(const bool&) {
  return "true or false";
}
inline std::string wanted(const std::string&) {
  return R"(text, or {"bytes":"61ff"} for what is not UTF-8)";
}
template <Number T>
std::string wanted(const T&) {
  return range_text(std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}
inline std::string wanted(const Duration&) {
  return range_text(-greatest_time, greatest_time);
}
template <Moment T>
std::string wanted(const T&) {
  return wanted(Duration{});
}
template <typename T>
std::string wanted(const Span<T>&) {
  return range_text(std::int64_t{0}, greatest_time);
}
template <typename T>
std::string wanted(const Rfc3339<T>&) {
  return R"(a time such as "2024-05-01T03:12:45.123456789Z")";
}
template <Named T>
std::string wanted(const T& value) {
  std::string text = "one of";
  for (const auto& known : names(value)) text += " " + std::string(known.name);
  return text;
}

inline std::string wanted_hex(const std::uint64_t&) {
  return R"(a hexadecimal number such as "0x7f00")";
}
template <std::size_t Size>
std::string wanted_hex(const std::array<std::uint64_t, Size>&) {
  return "a list of " + std::to_string(Size) + R"( hexadecimal numbers such as "0x7f00")";
}
template <typename T>
std::string wanted_hex(const std::optional<T>&) {
  return wanted_hex(T{});
}
template <typename T>
std::string wanted(const Hex<T>& hex) {
  return wanted_hex(hex.value);
}

inline std::string wanted(const std::vector<std::uint8_t>&) {
  return R"(bytes as hexadecimal digits, such as "61ff")";
}
template <typename T>
std::string wanted(const std::vector<T>&) {
  return "a list";
}
template <typename Key, typename Value>
std::string wanted(const std::map<Key, Value>&) {
  return R"(a list of {"key":..., "value":...}, each key once)";
}
template <typename T>
std::string wanted(const T&) {
  return "an object";
}

}  // namespace wedged::recorded
