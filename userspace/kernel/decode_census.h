// SPDX-License-Identifier: Apache-2.0
// From the records of bpf/census.bpf.c to values. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "kernel/run_state.h"
#include "observation/census.h"

struct wedged_census_record;
struct wedged_cgroup_record;

namespace wedged {

// The path of a cgroup, which is told once and then only now and then.
struct CgroupPath {
  std::uint64_t id = 0;
  std::string path;
};

[[nodiscard]] CensusThread census_thread_of(const wedged_census_record& record, const DecodeFacts& facts);
[[nodiscard]] CgroupPath cgroup_path_of(const wedged_cgroup_record& record);

}  // namespace wedged
