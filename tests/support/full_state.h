// SPDX-License-Identifier: Apache-2.0
// A published state that has everything at its most: every series that one host can have, for a policy of
// one rule with two actions.
#pragma once

#include <string>

#include "observation/syscall_names.h"
#include "policy/decision.h"
#include "report/published.h"
#include "support/builders.h"

namespace wedged::test {

inline constexpr std::size_t full_state_rule_actions = 2;
// What the kernel side has (bpf/); more programs are more series.
inline constexpr std::size_t full_state_programs = 40;
inline constexpr std::size_t full_state_losses = 12;

// More units than are shown, one of a stuck thread that has none.
inline std::vector<Finding> findings_of_many_units() {
  std::vector<Finding> findings;
  for (int at = 0; at < 30; ++at) {
    for (const Cause cause : all_causes)
      findings.push_back(a_finding()
                             .of(a_thread().of_process(1000 + at).in_d_state())
                             .cause(cause)
                             .unit(at == 0 ? "" : "unit" + std::to_string(at) + ".service"));
  }
  return findings;
}

// The numbers of system calls that have a name on this architecture.
inline std::size_t named_calls() {
  std::size_t named = 0;
  for (int number = 0; number < static_cast<int>(syscall_count()); ++number)
    if (!syscall_name(number).empty()) ++named;
  return named;
}

inline void add_every_call(Published& state) {
  for (int number = 0; number <= static_cast<int>(syscall_count()); ++number) {
    SyscallStats stats;
    stats.number = number;
    stats.buckets.fill(1);
    state.syscalls.push_back(stats);
    state.oldest_calls.push_back({number, test_now});
  }
}

inline Published a_state_with_everything() {
  using namespace std::chrono_literals;
  Published state;
  state.at = {test_now, WallTime{1714533165s}};
  state.open = findings_of_many_units();
  add_every_call(state);
  for (std::size_t at = 0; at < full_state_programs; ++at)
    state.programs.push_back({"program" + std::to_string(at), true, ""});
  for (std::size_t at = 0; at < full_state_losses; ++at) state.losses["reason" + std::to_string(at)] = at;
  state.rule_actions = {{"rule", "SIGTERM"}, {"rule", "SIGKILL"}};
  state.kernel = {1, 2, 3, 4, 5, 6, 7};
  state.log_heard = true;
  state.own_process = {1500ms, 4096, 8192, 21, 1024, state.at.wall};
  return state;
}

}  // namespace wedged::test
