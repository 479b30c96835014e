// SPDX-License-Identifier: Apache-2.0
// The few things we read below /proc: about ourselves only. Nothing here opens a file of a suspect, whose
// mmap_lock or mount could hold us up.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "observation/task.h"
#include "util/clock.h"
#include "util/result.h"

namespace wedged {

// Names of the capabilities that observing needs and we do not have: CAP_BPF and CAP_PERFMON, or
// CAP_SYS_ADMIN.
[[nodiscard]] Result<std::set<std::string>> missing_observer_capabilities(
    const std::string& proc_root = "/proc");

// Our parent, its parent, and so on up to and including PID 1; shorter if one of them is gone or not visible.
[[nodiscard]] std::vector<int> own_ancestors(const std::string& proc_root = "/proc");

// Whether process ids mean to us what they mean to the kernel: whether our PID namespace is the first one.
[[nodiscard]] bool in_host_pid_namespace(const std::string& proc_root = "/proc");

// kernel.hung_task_timeout_secs; zero if the kernel's detector is off or not there.
[[nodiscard]] Duration hung_task_timeout(const std::string& proc_root = "/proc");

// Resident memory of ourselves in bytes; 0 if unknown.
[[nodiscard]] std::uint64_t own_resident_bytes(const std::string& proc_root = "/proc");

// Which boot of the host this is (random(4)): another one after each. Never empty.
[[nodiscard]] Result<std::string> boot_id(const std::string& proc_root = "/proc");

// Kind `gone` if there is no such process, `malformed` if it is a thread of another one; the message says so.
[[nodiscard]] Status check_process(int pid, const std::string& proc_root = "/proc");

// Processes whose main thread has this name (comm: at most 15 bytes), sorted. Reads `comm` alone, which never
// blocks.
[[nodiscard]] std::vector<int> processes_named(const std::string& name,
                                               const std::string& proc_root = "/proc");

// Where the unified hierarchy is mounted, as proc_mounts(5) lists it; empty if it is not.
[[nodiscard]] std::string cgroup2_mount(const std::string& proc_root = "/proc");

// A cgroup as BPF compares it: its id (the inode number of its folder) and its depth below the root (root:
// 0).
struct CgroupPlace {
  std::uint64_t id = 0;
  unsigned level = 0;
  std::string path;
  std::string folder;  // the path with the mount's
};

// `path` is absolute, or relative to the cgroup2 mount. Kind `malformed` if it is not a folder of a cgroup2
// mount.
[[nodiscard]] Result<CgroupPlace> find_cgroup(const std::string& path,
                                              const std::string& proc_root = "/proc");

// The id of the cgroup that has this folder now: another one each time it is made. Absent if there is none.
[[nodiscard]] std::optional<std::uint64_t> cgroup_id_of(const std::string& folder);

// Paths of all cgroups there are now, as CgroupPlace has them; the root is "/".
[[nodiscard]] std::vector<std::string> all_cgroups(const std::string& proc_root = "/proc");

}  // namespace wedged
