// SPDX-License-Identifier: Apache-2.0
#include "inject/catalogue.h"

#include <array>

#include "inject/variants.h"

namespace wedged::inject {

std::span<const Fault> faults() {
  static const std::array list{
      Fault{"self_deadlock", self_deadlock_variants()},
      Fault{"lock_cycle", lock_cycle_variants()},
      Fault{"dead_owner", dead_owner_variants()},
      Fault{"fork_inherited_lock", fork_inherited_lock_variants()},
      Fault{"no_waker", no_waker_variants()},
      Fault{"crashed_thread", crashed_thread_variants()},
      Fault{"waits_for_stuck", waits_for_stuck_variants()},
      Fault{"uninterruptible_wait", uninterruptible_wait_variants()},
      // Twice as long as the limit that a call has by default; and so with `stopped`.
      Fault{"slow_syscall", slow_syscall_variants(), std::chrono::seconds(120)},
      Fault{"unkillable", unkillable_variants()},
      Fault{"kernel_loop", kernel_loop_variants()},
      Fault{"event_loop_spin", event_loop_spin_variants()},
      Fault{"starved", starved_variants()},
      Fault{"lost_leader", lost_leader_variants()},
      Fault{"stopped", stopped_variants(), std::chrono::seconds(120)},
      Fault{"healthy", healthy_variants()},
  };
  return list;
}

}  // namespace wedged::inject
