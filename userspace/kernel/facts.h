// SPDX-License-Identifier: Apache-2.0
// Facts: what this kernel and our rights allow, found by looking for members and symbols, never by version.
// Values only; gather_facts() reads them, plan.h judges them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "util/result.h"

namespace wedged {

struct KernelFacts {
  std::string release;                // uname -r, for showing only
  bool has_btf = false;               // /sys/kernel/btf/vmlinux can be read
  std::set<std::string> tracepoints;  // of ours, those whose types BTF names (btf_trace_*)
  bool task_iterator = false;         // struct bpf_iter__task, v5.8
  bool task_file_iterator = false;
  bool task_walk = false;       // kfunc bpf_iter_task_new, c68a78ffe2cb, v6.7
  bool task_storage = false;    // BPF_MAP_TYPE_TASK_STORAGE for tracing programs, a10787e6d58c, v5.12
  bool task_registers = false;  // helper bpf_task_pt_regs, dd6e10fbd9fb, v5.15
  bool loop_helper = false;    // helper bpf_loop, e6f2dd0f8067, v5.17; before it programs count by themselves
  bool symbol_names = false;   // helper bpf_snprintf, 7b15523a989b, v5.13
  bool frozen_state = false;   // TASK_FROZEN in task->__state, f5d39b020809, v6.1; before it PF_FROZEN
  bool arrival_times = false;  // task->sched_info.last_arrival (CONFIG_SCHED_INFO)
  bool host_pid_namespace = false;  // BPF tells ids of the first PID namespace; ours must mean the same
  unsigned possible_cpus = 0;
  std::set<std::string> missing_capabilities;  // of those that observing needs
};

// The tracepoints that wedged can use, in the order it attaches them.
[[nodiscard]] const std::vector<std::string>& tracepoints_of_interest();

// Fails only if the kernel cannot even be asked. Reads /proc/self, /sys/kernel/btf; needs no rights.
[[nodiscard]] Result<KernelFacts> gather_facts();

}  // namespace wedged
