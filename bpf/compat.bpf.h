/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every difference between kernels and architectures, each with the commit that made it. Nobody else tests for members.
 */
#ifndef WEDGED_COMPAT_H
#define WEDGED_COMPAT_H

#include "maps.bpf.h"

/* Kernel constants that BTF does not carry; unchanged from v5.10 to v7.3 unless noted. */
#define TASK_INTERRUPTIBLE 0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_STOPPED_OR_TRACED 0x000c
#define TASK_NOLOAD 0x0400
#define TASK_FROZEN 0x8000 /* f5d39b020809, v6.1; the bit meant nothing before */
#define JOBCTL_TRAP_FREEZE (1ul << 23)
#define PF_FROZEN 0x00010000 /* until then */
#define TASK_STATE_REPORTED 0xffff
#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000
#define SIGNAL_GROUP_EXIT 0x00000004
#define SIGKILL_BIT (1ull << (9 - 1))
#define SIGNAL_MASK 0x7f

/* 2f064a59a11f ("sched: Change task_struct::state"), v5.14: `state` became `__state`. */
static __always_inline __u32 state_of(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return (__u32)BPF_CORE_READ((struct task_struct___old *)task, state);
}

/* bcf9033e5449 ("sched: move CPU field back into thread_info if THREAD_INFO_IN_TASK=y"), v5.16. */
static __always_inline __u32 cpu_of(struct task_struct *task)
{
	if (bpf_core_field_exists(task->thread_info.cpu))
		return task->thread_info.cpu;
	return BPF_CORE_READ((struct task_struct___old *)task, cpu);
}

/* 0258b5fd7c71 ("coredump: Limit coredumps to a single thread group"), v5.16: from mm_struct to signal_struct. */
static __always_inline bool is_dumping_core(struct task_struct *task, struct signal_struct *signal)
{
	if (bpf_core_field_exists(signal->core_state))
		return BPF_CORE_READ(signal, core_state) != NULL;
	return BPF_CORE_READ((struct mm_struct___core *)task->mm, core_state) != NULL;
}

/* "signal: Rename group_exit_task group_exec_task", v5.17. Set while an exec ends the other threads. */
static __always_inline bool is_ended_by_exec(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;

	if (bpf_core_field_exists(signal->group_exec_task))
		return BPF_CORE_READ(signal, group_exec_task) != NULL;
	return BPF_CORE_READ((struct signal_struct___old *)signal, group_exit_task) != NULL;
}

/* "sched/fair: Switch to task based throttle model", v6.18; before, a run queue and all below it. */
static __always_inline bool is_throttled(struct task_struct *task)
{
	if (bpf_core_field_exists(task->throttled))
		return BPF_CORE_READ(task, throttled);
	if (!bpf_core_field_exists(task->se.cfs_rq) || !bpf_core_field_exists(struct cfs_rq, throttle_count))
		return false;
	return BPF_CORE_READ(task, se.cfs_rq, throttle_count) > 0;
}

/*
 * cgroup.freeze, 76f969e8948d ("cgroup: cgroup v2 freezer"), v5.2. Vfork parents and stopped tasks are counted as
 * frozen as well, so that a cgroup of theirs can become so; only who was told to freeze has the other mark.
 */
static __always_inline bool is_frozen_by_cgroup(struct task_struct *task)
{
	return (task->jobctl & JOBCTL_TRAP_FREEZE) && bpf_core_field_exists(task->frozen) &&
	       BPF_CORE_READ_BITFIELD_PROBED(task, frozen);
}

/* Where the stack of a task that is off its CPU ends. */
static __always_inline __u64 saved_stack_pointer_of(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return BPF_CORE_READ(task, thread.sp);
#else
	return BPF_CORE_READ(task, thread.cpu_context.sp);
#endif
}

/* 633488947ef6 ("kernfs: Use RCU to access kernfs_node::parent"), v6.15. */
static __always_inline struct kernfs_node *parent_of(struct kernfs_node *node)
{
	if (bpf_core_field_exists(node->parent))
		return BPF_CORE_READ(node, parent);
	return BPF_CORE_READ((struct kernfs_node___rcu *)node, __parent);
}

/* 7f203bc89eb6 ("cgroup: Replace cgroup->ancestor_ids[] with ->ancestors[]"), v6.1. */
static __always_inline __u64 ancestor_id_of(struct cgroup *cgroup, __u32 level)
{
	struct cgroup *ancestor = NULL;
	__u64 id = 0;

	if (BPF_CORE_READ(cgroup, level) < (int)level)
		return 0;
	if (bpf_core_field_exists(cgroup->ancestors)) {
		bpf_core_read(&ancestor, sizeof(ancestor), &cgroup->ancestors[level]);
		return BPF_CORE_READ(ancestor, kn, id);
	}
	bpf_core_read(&id, sizeof(id), &((struct cgroup___ids *)cgroup)->ancestor_ids[level]);
	return id;
}

/*
 * bpf_loop(), e6f2dd0f8067 ("bpf: Add bpf_loop helper"), v5.17: the verifier goes through the callback once. Before,
 * round by round, so there are fewer of them.
 */
#define FOR_ROUNDS(count, by_hand_at_most, callback, context)                                                          \
	do {                                                                                                           \
		__u32 rounds = (count);                                                                                \
		if (has_loop_helper) {                                                                                 \
			bpf_loop(rounds, callback, context, 0);                                                        \
			break;                                                                                         \
		}                                                                                                      \
		for (__u32 round = 0; round < (by_hand_at_most) && round < rounds; round++)                            \
			if (callback(round, context))                                                                  \
				break;                                                                                 \
	} while (0)

/* `scope_by_*` are constants when the program is verified: an unset filter is no instruction at all. */
static __always_inline bool in_scope(struct task_struct *task)
{
	if (scope_by_pid) {
		__u32 tgid = (__u32)task->tgid;

		if (!bpf_map_lookup_elem(&scope_pids, &tgid))
			return false;
	}
	if (scope_by_cgroup)
		return ancestor_id_of(BPF_CORE_READ(task, cgroups, dfl_cgrp), scope_cgroup_level) == scope_cgroup_id;
	return true;
}

#if defined(__TARGET_ARCH_x86)
#define USER32_CS 0x23
#define regs_are_compat(regs) (((regs)->cs & 0xffff) == USER32_CS)
#define call_number_of(regs) ((__s32)(regs)->orig_ax)
#define instruction_pointer_of(regs) ((regs)->ip)
#define stack_pointer_of(regs) ((regs)->sp)
#define FIRST_ARGUMENT di
#define SECOND_ARGUMENT si
#define copy_arguments(to, regs)                                                                                       \
	do {                                                                                                           \
		bool compat = regs_are_compat(regs);                                                                   \
		(to)[0] = compat ? (regs)->bx : (regs)->di;                                                            \
		(to)[1] = compat ? (regs)->cx : (regs)->si;                                                            \
		(to)[2] = (regs)->dx;                                                                                  \
		(to)[3] = compat ? (regs)->si : (regs)->r10;                                                           \
		(to)[4] = compat ? (regs)->di : (regs)->r8;                                                            \
		(to)[5] = compat ? (regs)->bp : (regs)->r9;                                                            \
	} while (0)
/* DWARF numbers: System V psABI for AMD64, figure 3.36. */
#define copy_registers(to, regs)                                                                                       \
	do {                                                                                                           \
		(to)[0] = (regs)->ax;                                                                                  \
		(to)[1] = (regs)->dx;                                                                                  \
		(to)[2] = (regs)->cx;                                                                                  \
		(to)[3] = (regs)->bx;                                                                                  \
		(to)[4] = (regs)->si;                                                                                  \
		(to)[5] = (regs)->di;                                                                                  \
		(to)[6] = (regs)->bp;                                                                                  \
		(to)[7] = (regs)->sp;                                                                                  \
		(to)[8] = (regs)->r8;                                                                                  \
		(to)[9] = (regs)->r9;                                                                                  \
		(to)[10] = (regs)->r10;                                                                                \
		(to)[11] = (regs)->r11;                                                                                \
		(to)[12] = (regs)->r12;                                                                                \
		(to)[13] = (regs)->r13;                                                                                \
		(to)[14] = (regs)->r14;                                                                                \
		(to)[15] = (regs)->r15;                                                                                \
		(to)[16] = (regs)->ip;                                                                                 \
	} while (0)
#define NR_FUTEX 202
#define NR_RT_SIGRETURN 15
#elif defined(__TARGET_ARCH_arm64)
#define PSR_MODE32_BIT 0x10
#define regs_are_compat(regs) (((regs)->pstate & PSR_MODE32_BIT) != 0)
#define call_number_of(regs) ((regs)->syscallno)
#define instruction_pointer_of(regs) ((regs)->pc)
#define stack_pointer_of(regs) ((regs)->sp)
#define FIRST_ARGUMENT orig_x0
#define SECOND_ARGUMENT regs[1]
#define copy_arguments(to, regs)                                                                                       \
	do {                                                                                                           \
		(to)[0] = (regs)->orig_x0;                                                                             \
		(to)[1] = (regs)->regs[1];                                                                             \
		(to)[2] = (regs)->regs[2];                                                                             \
		(to)[3] = (regs)->regs[3];                                                                             \
		(to)[4] = (regs)->regs[4];                                                                             \
		(to)[5] = (regs)->regs[5];                                                                             \
	} while (0)
#define copy_registers(to, regs)                                                                                       \
	do {                                                                                                           \
		for (int number = 0; number < 31; number++)                                                            \
			(to)[number] = (regs)->regs[number];                                                           \
		(to)[0] = (regs)->orig_x0;                                                                             \
		(to)[31] = (regs)->sp;                                                                                 \
		(to)[32] = (regs)->pc;                                                                                 \
	} while (0)
#define NR_FUTEX 98
#define NR_RT_SIGRETURN 139
#endif
/* Of the 32-bit interfaces; i386 and arm agree. */
#define NR_SIGRETURN_COMPAT 119
#define NR_RT_SIGRETURN_COMPAT 173
#define NR_FUTEX_WAIT 455 /* v6.7, the same on all architectures */

/*
 * Absent for kernel threads, and for those that the kernel makes in a process for itself (io_uring, vhost): these begin
 * with a copy of their maker's registers, its call included, but without stack and instruction pointer (copy_thread,
 * "x86/process: setup io_threads more like normal user space threads", v5.13; arm64 clears them all).
 */
static __always_inline struct pt_regs *user_registers_of(struct task_struct *task)
{
	struct pt_regs *regs;

	if (task->flags & PF_KTHREAD)
		return NULL;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	return regs && stack_pointer_of(regs) ? regs : NULL;
}

#endif
