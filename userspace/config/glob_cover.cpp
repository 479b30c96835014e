// SPDX-License-Identifier: Apache-2.0
#include "config/glob_cover.h"

#include <algorithm>
#include <string_view>

#include "config/globs.h"
#include "policy/match.h"

namespace wedged {
namespace {

bool is_literal(std::string_view glob) {
  return glob.find_first_of("*?[\\") == std::string_view::npos;
}

// "abc*" covers all that begins with abc: its text is no part of a bracket, since none of it opens one.
bool begins_alike(std::string_view wide, std::string_view narrow) {
  if (!wide.ends_with('*')) return false;
  wide.remove_suffix(1);
  return is_literal(wide) && narrow.starts_with(wide);
}

// "*abc": only where the other has no bracket, whose end could look the same.
bool ends_alike(std::string_view wide, std::string_view narrow) {
  if (!wide.starts_with('*')) return false;
  wide.remove_prefix(1);
  return is_literal(wide) && narrow.find('[') == std::string_view::npos && narrow.ends_with(wide);
}

}  // namespace

bool covers(const std::string& wide, const std::string& narrow) {
  if (wide == narrow) return true;
  if (is_literal(narrow)) return glob_matches(wide, narrow);
  return begins_alike(wide, narrow) || ends_alike(wide, narrow);
}

bool list_covers(const std::vector<std::string>& wide, const std::vector<std::string>& narrow) {
  if (wide.empty()) return true;
  if (narrow.empty()) return false;
  return std::all_of(narrow.begin(), narrow.end(), [&](const std::string& one) {
    return std::any_of(wide.begin(), wide.end(),
                       [&](const std::string& other) { return covers(other, one); });
  });
}

std::size_t least_length(const std::string& glob) {
  std::size_t length = 0;
  for (std::size_t at = 0; at < glob.size();) {
    if (glob[at] == '*') {
      ++at;
      continue;
    }
    ++length;
    if (glob[at] == '[') {
      at = end_of_bracket(glob, at);
    } else {
      at += glob[at] == '\\' ? 2 : 1;
    }
  }
  return length;
}

}  // namespace wedged
