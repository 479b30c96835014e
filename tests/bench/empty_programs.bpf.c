// SPDX-License-Identifier: Apache-2.0
/* Two programs that do nothing, on the tracepoints of wedged's hot path: what any observer of calls pays at
 * least. */
#include "kernel_types.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Apache-2.0";

__u64 entered_ns, left_ns;

SEC("tp_btf/sys_enter")
int BPF_PROG(empty_enter, struct pt_regs* regs, long number) {
  return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(empty_exit, struct pt_regs* regs, long returned) {
  return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(clock_enter, struct pt_regs* regs, long number) {
  entered_ns = bpf_ktime_get_ns();
  return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(clock_exit, struct pt_regs* regs, long returned) {
  left_ns = bpf_ktime_get_ns();
  return 0;
}
