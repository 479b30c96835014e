// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Signals: since when a SIGKILL waits for a thread (the scan sees the same, but up to an interval later); and which
 * thread is in a handler for a signal that would have killed its process.
 */
#include "compat.bpf.h"

#define SIGILL 4
#define SIGABRT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGSEGV 11
#define SIG_IGN 1ul

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

static __always_inline bool says_crash(int signal)
{
	return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
}

/* Another handler begins: within that of the fatal signal, or that one was left by a jump, with what it had on the
 * stack.
 */
static __always_inline void note_nested(struct thread *thread, __u64 stack)
{
	if (!stack || stack >= thread->fatal_stack)
		thread->fatal_signal = 0;
	else if (stack > thread->nested_stack)
		thread->nested_stack = stack;
}

/* Runs on the thread that takes the signal. syscall_track clears the mark when the handler returns (rt_sigreturn). */
SEC("tp_btf/signal_deliver")
int BPF_PROG(signal_deliver, int signal, struct kernel_siginfo *info, struct k_sigaction *action)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct thread *thread;
	struct pt_regs *regs;
	__u64 stack;

	if ((unsigned long)action->sa.sa_handler <= SIG_IGN)
		return 0;
	if (!in_scope(task)) /* its return would not be seen */
		return 0;
	thread = bpf_task_storage_get(&threads, task, NULL, 0);
	if (!thread || (!says_crash(signal) && !thread->fatal_signal))
		return 0;
	regs = user_registers_of(task);
	stack = regs ? stack_pointer_of(regs) : 0;
	if (says_crash(signal)) {
		thread->fatal_delivered_ns = bpf_ktime_get_ns();
		thread->fatal_signal = (__u32)signal;
		thread->fatal_stack = stack;
		thread->nested_stack = 0;
	} else {
		note_nested(thread, stack);
	}
	return 0;
}
