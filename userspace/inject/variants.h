// SPDX-License-Identifier: Apache-2.0
// The variants of each cause; every cause has a file of its own of the same name.
#pragma once

#include <span>

#include "inject/catalogue.h"

namespace wedged::inject {

[[nodiscard]] std::span<const Variant> self_deadlock_variants();
[[nodiscard]] std::span<const Variant> lock_cycle_variants();
[[nodiscard]] std::span<const Variant> dead_owner_variants();
[[nodiscard]] std::span<const Variant> fork_inherited_lock_variants();
[[nodiscard]] std::span<const Variant> no_waker_variants();
[[nodiscard]] std::span<const Variant> crashed_thread_variants();
[[nodiscard]] std::span<const Variant> waits_for_stuck_variants();
[[nodiscard]] std::span<const Variant> uninterruptible_wait_variants();
[[nodiscard]] std::span<const Variant> slow_syscall_variants();
[[nodiscard]] std::span<const Variant> unkillable_variants();
[[nodiscard]] std::span<const Variant> kernel_loop_variants();
[[nodiscard]] std::span<const Variant> event_loop_spin_variants();
[[nodiscard]] std::span<const Variant> starved_variants();
[[nodiscard]] std::span<const Variant> lost_leader_variants();
[[nodiscard]] std::span<const Variant> stopped_variants();
[[nodiscard]] std::span<const Variant> healthy_variants();

}  // namespace wedged::inject
