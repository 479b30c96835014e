// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The definitions of what maps.bpf.h declares. */
#include "maps.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct thread_storage threads SEC(".maps");
struct slot_array call_slots SEC(".maps");
struct stats_array call_stats SEC(".maps");
struct loss_array losses SEC(".maps");
struct event_ring events SEC(".maps");
struct wanted_hash wanted SEC(".maps");
struct watched_hash watched SEC(".maps");
struct scope_hash scope_pids SEC(".maps");
struct detail_array detail_scratch SEC(".maps");

const volatile __u32 scope_by_pid = 0;
const volatile __u32 scope_by_cgroup = 0;
const volatile __u32 scope_cgroup_level = 0;
const volatile __u32 track_calls = 1;
const volatile __u32 has_loop_helper = 1;

__u64 scope_cgroup_id = 0;
