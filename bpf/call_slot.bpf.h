/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the present call of a thread is kept: in the slot of its CPU while it runs, in its storage while it does not,
 * never in both. Knows nothing of durations and tables.
 */
#ifndef WEDGED_CALL_SLOT_H
#define WEDGED_CALL_SLOT_H

#include "maps.bpf.h"

static __always_inline void empty_slot(struct wedged_call_slot *slot, __u32 tid)
{
	slot->tid = tid;
	ordered_by_compiler(); /* first, for who reads the slot from elsewhere: see census.bpf.c */
	slot->registers = 0;
	slot->number = WEDGED_NO_CALL;
	slot->entered_ns = 0;
	slot->sequence = 0;
	slot->errors = 0;
	slot->finished_ns = 0;
	__builtin_memset(&slot->counts, 0, sizeof(slot->counts));
}

static __always_inline void fill_slot(struct wedged_call_slot *slot, struct task_struct *next)
{
	struct thread *thread = bpf_task_storage_get(&threads, next, NULL, 0);

	if (!thread) {
		empty_slot(slot, (__u32)next->pid);
		return;
	}
	slot->tid = (__u32)next->pid;
	ordered_by_compiler();
	slot->registers = 0;
	slot->entered_ns = thread->entered_ns;
	slot->sequence = thread->sequence;
	slot->errors = thread->errors;
	slot->finished_ns = thread->finished_ns;
	slot->counts = thread->counts;
	slot->number = thread->number;
	slot->compat = thread->compat;
	thread->off_cpu_since_ns = 0; /* first: a scan that sees no call below must not trust it */
	thread->runnable_since_ns = 0;
	thread->number = WEDGED_NO_CALL; /* not to be found again should the switch away not be told */
	thread->entered_ns = 0;
}

/*
 * Makes the slot of this CPU that of the thread that runs here. Not every kernel tells every switch: a 6.18 of
 * micro-VMs told none away from threads of its init, not to perf either. The slot is still theirs then, and our call is
 * where the last switch that was told has spilled it.
 */
static __always_inline void claim_slot(struct wedged_call_slot *slot)
{
	if (slot->tid != (__u32)bpf_get_current_pid_tgid())
		fill_slot(slot, bpf_get_current_task_btf());
}

/*
 * The slot of this CPU, claimed, in a system call. To ask who runs here takes a helper; but a thread's registers lie at
 * the top of its stack, so the address of those last seen in the slot tells it apart from all others.
 */
static __always_inline struct wedged_call_slot *slot_of_caller(__u32 cpu, const struct pt_regs *regs)
{
	struct wedged_call_slot *slot = slot_of_cpu(cpu);

	if (slot && slot->registers != (__u64)regs) {
		claim_slot(slot);
		slot->registers = (__u64)regs;
	}
	return slot;
}

#endif
