// SPDX-License-Identifier: Apache-2.0
// Members: the processes of a process group or of a cgroup, as /proc and the cgroup file system list them
// now. Reads no memory of theirs: stat, comm, cgroup and the link exe take none of the locks that a hung
// process holds. Those of the cgroup file system take cgroup_mutex, which a hung kernel may hold for ever.
// May be called from any thread.
#pragma once

#include <string>
#include <vector>

#include "observation/member.h"
#include "util/result.h"

namespace wedged {

// Where what is changed lies, for those who change it.
[[nodiscard]] std::string own_executable_path();
[[nodiscard]] std::string sysrq_trigger_path();

// Kind `gone`: there is no such process, or it has ended and only waits to be reaped. Does not tell the id of
// a thread from a process's: pidfd_open does.
[[nodiscard]] Result<Member> member_of(int tgid, const std::string& proc_root = "/proc");

// When it began, as stat's field 22 has it. Errors as above.
[[nodiscard]] Result<std::uint64_t> start_ticks_of(int tgid, const std::string& proc_root = "/proc");

// Kind `malformed`: 0 and 1 are no groups to ask for.
[[nodiscard]] Result<std::vector<Member>> members_of_group(int process_group,
                                                           const std::string& proc_root = "/proc");

// The folder of a cgroup in the unified hierarchy; `cgroup` is absolute there. Kind `gone`: it is no more.
[[nodiscard]] Result<std::string> cgroup_folder(const std::string& cgroup,
                                                const std::string& proc_root = "/proc");

// Of this cgroup and of those below. Who is listed and cannot be looked at has no facts; one that our PID
// namespace does not show has the tgid 0 as well.
[[nodiscard]] Result<std::vector<Member>> members_of_cgroup(const std::string& cgroup,
                                                            const std::string& proc_root = "/proc");

}  // namespace wedged
