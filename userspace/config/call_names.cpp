// SPDX-License-Identifier: Apache-2.0
#include "config/call_names.h"

#include <vector>

#include "observation/syscall_names.h"

namespace wedged {
namespace {

std::vector<std::string> all_syscall_names() {
  std::vector<std::string> names;
  for (std::size_t number = 0; number < syscall_count(); ++number) {
    const auto name = syscall_name(static_cast<int>(number));
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

}  // namespace

std::string fault_of_call(const std::string& call, const Problems& problems) {
  if (syscall_number(call)) return {};
  return "there is no system call " + quote(call) + " here" +
         (problems.crowded() ? "" : did_you_mean(call, all_syscall_names()));
}

}  // namespace wedged
