// SPDX-License-Identifier: Apache-2.0
#include "policy/signals.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace wedged {
namespace {

using Named = std::pair<std::string_view, int>;
constexpr std::array table{Named{"TERM", SIGTERM}, Named{"KILL", SIGKILL}, Named{"ABRT", SIGABRT},
                           Named{"QUIT", SIGQUIT}, Named{"INT", SIGINT},   Named{"HUP", SIGHUP},
                           Named{"SEGV", SIGSEGV}, Named{"BUS", SIGBUS},   Named{"TRAP", SIGTRAP},
                           Named{"USR1", SIGUSR1}, Named{"USR2", SIGUSR2}};

constexpr std::string_view prefix = "SIG";

}  // namespace

std::optional<int> ladder_signal_named(std::string_view name) {
  if (name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Named& one) { return one.first == name; });
  if (found == table.end()) return std::nullopt;
  return found->second;
}

bool is_ladder_signal(int number) {
  return std::any_of(table.begin(), table.end(), [&](const Named& one) { return one.second == number; });
}

std::string signal_name(int number) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Named& one) { return one.second == number; });
  if (found == table.end()) return "signal " + std::to_string(number);
  return std::string{prefix} + std::string{found->first};
}

std::vector<std::string> ladder_signal_names() {
  std::vector<std::string> names;
  for (const Named& one : table) names.emplace_back(one.first);
  return names;
}

}  // namespace wedged
