// SPDX-License-Identifier: Apache-2.0
// Where in a line a value stands: "suspects[3].call.arguments[0]". Made into text only for an error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wedged::recorded {

// A chain through the callers' stack: each place outlives those inside it.
struct Place {
  const Place* outer = nullptr;
  std::string_view name;  // empty: an element of a list
  std::size_t index = 0;

  [[nodiscard]] std::string text() const {
    const std::string front = outer == nullptr ? "" : outer->text();
    if (name.empty()) return outer == nullptr ? "" : front + "[" + std::to_string(index) + "]";
    return front.empty() ? std::string(name) : front + "." + std::string(name);
  }
};

}  // namespace wedged::recorded
