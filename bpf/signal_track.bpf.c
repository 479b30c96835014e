// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Signals: since when a SIGKILL waits for a thread. The scan sees the same, but up to an interval later. */
#include "compat.bpf.h"

#define SIGKILL 9

SEC("tp_btf/signal_generate")
int BPF_PROG(signal_generate, int signal, struct kernel_siginfo *info, struct task_struct *task)
{
	struct thread *thread;

	if (signal != SIGKILL)
		return 0;
	thread = bpf_task_storage_get(&threads, task, NULL, 0);
	if (thread && !thread->kill_seen_ns) {
		thread->kill_seen_ns = bpf_ktime_get_ns();
		thread->kill_seen_exact = 1;
	}
	return 0;
}
