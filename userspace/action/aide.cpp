// SPDX-License-Identifier: Apache-2.0
#include "action/aide.h"

#include <sys/prctl.h>

#include <charconv>
#include <iostream>

#include "action/spawn.h"

namespace wedged {
namespace {

constexpr auto dump_command = "internal-dump", restart_command = "internal-restart";
constexpr auto really = "do", rehearse = "rehearse";
constexpr std::size_t argument_count = 7;

std::int64_t number_in(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Result<std::string> run(const std::vector<std::string>& arguments) {
  const bool rehearsal = arguments[2] == rehearse;
  if (arguments[1] == restart_command) {
    return restart_over_bus(
        {arguments[3], arguments[4], std::chrono::milliseconds(number_in(arguments[5])), rehearsal});
  }
  const DumpOrder order{arguments[3], arguments[4], static_cast<std::uint64_t>(number_in(arguments[5])),
                        rehearsal};
  const auto pid = static_cast<int>(number_in(arguments[6]));
  return pid == 0 ? dump_input(order) : dump_core(order, pid, extra_descriptor);
}

}  // namespace

std::vector<std::string> aide_arguments(const DumpOrder& order, std::optional<int> core_of) {
  return {dump_command, order.rehearsal ? rehearse : really, order.directory,
          order.name,   std::to_string(order.quota_bytes),   std::to_string(core_of.value_or(0))};
}

std::vector<std::string> aide_arguments(const RestartOrder& order) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(order.patience).count();
  return {restart_command, order.rehearsal ? rehearse : really, order.unit,
          order.cgroup,    std::to_string(milliseconds),        ""};
}

bool is_aide(const std::vector<std::string>& arguments) {
  return arguments.size() == argument_count &&
         (arguments[1] == dump_command || arguments[1] == restart_command) &&
         (arguments[2] == really || arguments[2] == rehearse);
}

int run_aide(const std::vector<std::string>& arguments) {
  ::prctl(PR_SET_NAME, "wedged-aide");
  const auto result = run(arguments);
  std::cout << (result ? *result : result.error().message) << std::endl;
  return result ? 0 : 1;
}

}  // namespace wedged
