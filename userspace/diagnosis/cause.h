// SPDX-License-Identifier: Apache-2.0
// The names of causes and certainties, as they stand in metrics, events, policies and docs. A closed set.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace wedged {

enum class Cause {
  uninterruptible_wait,
  kernel_loop,
  slow_syscall,
  died_in_kernel,
  unkillable,
  starved,
  event_loop_spin,
  lost_leader,
  self_deadlock,
  lock_cycle,
  dead_owner,
  fork_inherited_lock,
  no_waker,
  crashed_thread,
  stopped,
  waits_for_stuck,  // never a finding of its own: victims are listed with their root
};
inline constexpr std::array all_causes{Cause::uninterruptible_wait,
                                       Cause::kernel_loop,
                                       Cause::slow_syscall,
                                       Cause::died_in_kernel,
                                       Cause::unkillable,
                                       Cause::starved,
                                       Cause::event_loop_spin,
                                       Cause::lost_leader,
                                       Cause::self_deadlock,
                                       Cause::lock_cycle,
                                       Cause::dead_owner,
                                       Cause::fork_inherited_lock,
                                       Cause::no_waker,
                                       Cause::crashed_thread,
                                       Cause::stopped,
                                       Cause::waits_for_stuck};

// Ordered: a greater one is surer.
enum class Certainty { possible, likely, certain };
inline constexpr std::array all_certainties{Certainty::possible, Certainty::likely, Certainty::certain};

[[nodiscard]] std::string_view name_of(Cause cause);
[[nodiscard]] std::string_view name_of(Certainty certainty);
[[nodiscard]] std::optional<Cause> cause_named(std::string_view name);
[[nodiscard]] std::optional<Certainty> certainty_named(std::string_view name);

// A finding about a whole process outlives each of its threads; all others stand and fall with theirs.
[[nodiscard]] bool is_about_process(Cause cause);

// The exact predicate in one line; the same text stands in docs/causes.md.
[[nodiscard]] std::string_view predicate_of(Cause cause);

}  // namespace wedged
