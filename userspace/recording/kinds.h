// SPDX-License-Identifier: Apache-2.0
// The kinds of values that stand in a recording, told apart by type, for writer and reader.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>

#include "recording/names.h"

namespace wedged::recorded {

// 61 bits of nanoseconds are 73 years: sums and differences of any two such times fit into 64 bits.
inline constexpr std::int64_t greatest_time = std::int64_t{1} << 61;

template <typename T>
concept Number = std::integral<T> && !std::same_as<T, bool>;
template <typename T>
concept Named = requires(T value) {
  names(value);
};
template <typename T>
concept Moment = requires(T value) {
  value.time_since_epoch().count();
};

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;

}  // namespace wedged::recorded
