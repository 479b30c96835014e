// SPDX-License-Identifier: Apache-2.0
// The table is generated from the build's <sys/syscall.h>: {number, name}, sorted by number.
#include "observation/syscall_names.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace wedged {
namespace {

constexpr std::pair<int, std::string_view> known_calls[] = {
#include "syscall_table.inc"
};

std::vector<std::string_view> by_number() {
  int greatest = 0;
  for (const auto& [number, name] : known_calls) greatest = std::max(greatest, number);
  std::vector<std::string_view> names(static_cast<std::size_t>(greatest) + 1);
  for (const auto& [number, name] : known_calls) names[static_cast<std::size_t>(number)] = name;
  return names;
}

const std::vector<std::string_view>& names() {
  static const auto table = by_number();
  return table;
}

}  // namespace

std::string_view syscall_name(int number) {
  if (number < 0 || static_cast<std::size_t>(number) >= names().size()) return {};
  return names()[static_cast<std::size_t>(number)];
}

std::optional<int> syscall_number(std::string_view name) {
  const auto* found = std::find_if(std::begin(known_calls), std::end(known_calls),
                                   [&](const auto& call) { return call.second == name; });
  if (found == std::end(known_calls)) return std::nullopt;
  return found->first;
}

std::size_t syscall_count() {
  return names().size();
}

}  // namespace wedged
