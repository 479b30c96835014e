// SPDX-License-Identifier: Apache-2.0
// Words for waits in user space: the lock, its holder, the function that took it, and the chain of who waits
// for whom. Says nothing that was not seen. Pure.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/finding.h"
#include "diagnosis/wait_graph.h"

namespace wedged {

// "normal mutex 0x7f0c12345678", "plain lock 0x7f..".
[[nodiscard]] std::string describe_lock(const Lock& lock);

// "thread 815, which no longer exists": the owner of a lock that has none any more.
[[nodiscard]] std::string gone_words(const Lock& lock);

// "thread 815 (bgwriter)" of the same process, "postgres[812] thread 815" of another one.
[[nodiscard]] std::string describe_holder(const Task& holder, const Task& seen_from);

// A C++ name without parameters, template arguments, lambda bodies and symbol version: "db::Pool::take".
[[nodiscard]] std::string short_name(const std::string& function);

// "pthread_mutex_lock <- conn_new <- main": the functions around the lock's own that tell most; empty if none
// is known.
[[nodiscard]] std::string describe_place(const Task& task, const Lock& lock);

// One line of evidence: "thread 12 (worker) waits for normal mutex 0x.. in pthread_mutex_lock for 14 s;
// owner: 13 (other)".
[[nodiscard]] std::string describe_wait(const LockWait& wait);

// From the waiter through locks and holders to the root, each step one link.
[[nodiscard]] std::vector<BlameLink> lock_chain(const WaitGraph& graph, const LockWait& wait);

// A finding about this wait with everything but summary, evidence and certainty filled in.
[[nodiscard]] Finding finding_of_wait(Cause cause, const WaitGraph& graph, const LockWait& wait);
// The thread as one of a finding's.
[[nodiscard]] StuckThread stuck_thread_of(const LockWait& wait);

// Longer than the threshold, and by nothing but the lock to be ended.
[[nodiscard]] bool is_overdue(const LockWait& wait, Duration threshold);

// Why an owner that is named in a shared lock is no more than likely.
inline constexpr const char* owner_may_be_elsewhere_text =
    "other processes may share the lock: in another PID namespace the id in it means somebody else";

}  // namespace wedged
