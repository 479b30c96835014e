// SPDX-License-Identifier: Apache-2.0
#include "action/unit_cgroup.h"

#include <sstream>

namespace wedged {

std::optional<std::string> cgroup_of_unit(const std::string& cgroup, const std::string& unit) {
  if (unit.empty() || unit.find('/') != std::string::npos || !cgroup.starts_with('/')) return std::nullopt;
  const auto path = cgroup + "/";
  const auto begin = path.rfind("/" + unit + "/");
  if (begin == std::string::npos) return std::nullopt;
  return path.substr(0, begin + 1 + unit.size());
}

bool is_of_host_manager(const std::string& unit_cgroup) {
  const auto last = unit_cgroup.rfind('/');
  if (last == std::string::npos) return false;
  std::istringstream parts(unit_cgroup.substr(0, last));
  for (std::string part; std::getline(parts, part, '/');) {
    if (!part.empty() && !part.ends_with(".slice")) return false;
  }
  return true;
}

bool lies_in(const std::string& cgroup, const std::string& outer) {
  return outer == "/" || cgroup == outer || cgroup.starts_with(outer + "/");
}

}  // namespace wedged
