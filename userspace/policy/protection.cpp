// SPDX-License-Identifier: Apache-2.0
#include "policy/protection.h"

#include <algorithm>

#include "policy/match.h"
#include "policy/policy.h"

namespace wedged {
namespace {

bool is_path_glob(const std::string& glob) {
  return glob.find('/') != std::string::npos;
}

}  // namespace

bool protects_paths(const std::vector<std::string>& protect) {
  return std::any_of(protect.begin(), protect.end(), is_path_glob);
}

const std::string* protecting_glob(const std::vector<std::string>& protect, const std::string& text,
                                   bool is_path) {
  const std::string* built_in = is_path ? nullptr : matching_glob(built_in_protect_list(), text);
  if (built_in) return built_in;
  const auto found = std::find_if(protect.begin(), protect.end(), [&](const std::string& glob) {
    return is_path_glob(glob) == is_path && glob_matches(glob, text);
  });
  return found == protect.end() ? nullptr : &*found;
}

}  // namespace wedged
