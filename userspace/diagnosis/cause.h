// SPDX-License-Identifier: Apache-2.0
// The names of causes and certainties, as they stand in metrics, events, policies and docs. A closed set.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace wedged {

enum class Cause {
  uninterruptible_wait,
  slow_syscall,
  unkillable,
  self_deadlock,
  lock_cycle,
  dead_owner,
  fork_inherited_lock,
  no_waker,
  crashed_thread,
  waits_for_stuck,  // never a finding of its own: victims are listed with their root
};
inline constexpr std::array all_causes{
    Cause::uninterruptible_wait, Cause::slow_syscall,   Cause::unkillable,          Cause::self_deadlock,
    Cause::lock_cycle,           Cause::dead_owner,     Cause::fork_inherited_lock, Cause::no_waker,
    Cause::crashed_thread,       Cause::waits_for_stuck};

// Ordered: a greater one is surer.
enum class Certainty { possible, likely, certain };
inline constexpr std::array all_certainties{Certainty::possible, Certainty::likely, Certainty::certain};

[[nodiscard]] std::string_view name_of(Cause cause);
[[nodiscard]] std::string_view name_of(Certainty certainty);
[[nodiscard]] std::optional<Cause> cause_named(std::string_view name);
[[nodiscard]] std::optional<Certainty> certainty_named(std::string_view name);

// Findings about a whole process stand as long as the process does; all others stand and fall with their
// thread.
[[nodiscard]] bool is_about_process(Cause cause);

// The exact predicate in one line; the same text stands in docs/causes.md.
[[nodiscard]] std::string_view predicate_of(Cause cause);

}  // namespace wedged
