// SPDX-License-Identifier: Apache-2.0
// Words for what a thread waits for, and its blame chain, from the facts that were observed. Says nothing
// that was not seen: what is unknown stays out. Pure.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/finding.h"
#include "observation/history.h"

namespace wedged {

// "350 ms", "12 s", "3 min 20 s", "2 h 5 min": for sentences.
[[nodiscard]] std::string spoken(Duration duration);
// " (reported from 10 s on)", for behind a duration; nothing where everything is reported.
[[nodiscard]] std::string reported_from(Duration threshold);

// "D (disk sleep)", "D (disk sleep, killable)", "S (sleeping)", ...
[[nodiscard]] std::string describe_state(RunState state);

// "postgres[812]" or, for another thread than the main one, "postgres[812] thread 815 (bgwriter)".
[[nodiscard]] std::string describe_task(const Task& task);

// "fsync", "call 512", "a 32-bit call 118"; empty outside calls.
[[nodiscard]] std::string describe_call(const Task& task);

// The root of the wait as one phrase: "device dm-0 (/dev/mapper/data, suspended)"; the kernel function when
// nothing better is known; "something unknown" without a stack.
[[nodiscard]] std::string describe_root(const Task& task);

// "kernel mutex #3f2a".
[[nodiscard]] std::string describe_kernel_lock(const KernelLock& lock);
[[nodiscard]] std::string why_owner_is_unknown(const KernelLock& lock);

// From the thread to the root.
[[nodiscard]] std::vector<BlameLink> blame_chain(const Task& task);

// The systemd unit or container of a cgroup path; empty if it names none.
[[nodiscard]] std::string unit_of(const std::string& cgroup);

[[nodiscard]] StuckThread stuck_thread(const Change& change);

// Whether the wait is for the answer of a file system's server: FUSE or NFS.
[[nodiscard]] bool waits_for_file_server(const Task& task);

}  // namespace wedged
