// SPDX-License-Identifier: Apache-2.0
#include "config/telemetry_path.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "config/problems.h"

namespace wedged {
namespace {

bool may_be_a_file_of_the_status_page(std::string_view path) {
  constexpr std::array<std::string_view, 4> suffixes{".html", ".js", ".css", ".svg"};
  return path.rfind('/') == 0 && std::any_of(suffixes.begin(), suffixes.end(),
                                             [&](std::string_view suffix) { return path.ends_with(suffix); });
}

}  // namespace

// Without what HTML or a shell gives a meaning, and not where something else is.
std::string fault_of_telemetry_path(const std::string& path) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._~-";
  constexpr std::size_t longest = 200;
  if (!path.starts_with('/') || path.size() < 2 || path.find_first_not_of(letters) != std::string::npos ||
      path.size() > longest)
    return "must be a path such as /metrics, of letters, digits and / . _ ~ -, not " + quote(path);
  if (path == "/healthz" || path.starts_with("/api/") || may_be_a_file_of_the_status_page(path))
    return "must be a path of its own, and " + quote(path) + " is something else's";
  return "";
}

}  // namespace wedged
