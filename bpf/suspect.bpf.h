/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The reasons to be a suspect, one function each: what the scan emits a thread for. They judge nothing: a threshold of
 * 0 or one that is too small tells userspace of somebody too many, never of one too few. A loop that spins has its own
 * file, spin.bpf.h.
 */
#ifndef WEDGED_SUSPECT_H
#define WEDGED_SUSPECT_H

#include "spin.bpf.h"

/* The timer that wakes a task comes early by a tick, or late by as long as a virtual machine had no CPU. */
#define QUIET_EARLY_NS 500000000ull
#define QUIET_LATE_NS 5000000000ull

/* Set by userspace before each scan. */
__u64 suspect_wait_ns = 0;		/* D state at least so long */
__u64 quiet_period_ns = 0;		/* see go_on(); 0: there is none */
__u64 suspect_futex_ns = 0;		/* in a futex without a timeout at least so long */
__u64 suspect_loop_ns = 0;		/* see loops_in_kernel(), at least so long */
__u64 suspect_runnable_ns = 0;		/* waits for a CPU at least so long */
__u64 suspect_stop_ns = 0;		/* stopped, traced or frozen at least so long */
__u32 aside_epoch = 0;			/* waits set aside in another one are looked at again */
__u32 watched_processes = 0;		/* entries of the map `watched` */
__u64 smallest_call_limit_ns = 0;	/* of the table below; 0: the table is empty */
__u64 call_limit_ns[WEDGED_CALLS] = {}; /* one call at least so long; 0: never a suspect for that */

/* Set by the scan. */
__u64 oldest_entered_ns[WEDGED_CALLS] = {}; /* zeroed by userspace before the scan */

/*
 * The block layer wakes who waits for a request every half of kernel.hung_task_timeout_secs, so that the kernel's own
 * detector keeps quiet, and lets it sleep on: de6a78b601c5 ("block: Prevent hung_check firing during long sync IO"),
 * v5.7. To fall asleep once at just that time, in just that place of its stack, is no progress: the wait goes on, since
 * when it began. On its way the task may lose its CPU to others, however often, and on a busy machine it sleeps a
 * little longer each time.
 */
static __always_inline void go_on(struct task_struct *task, struct thread *thread)
{
	__u64 since = thread->off_cpu_since_ns, slept_since = thread->long_slept_ns ?: thread->long_since_ns;

	if (!quiet_period_ns || !thread->long_since_ns || since <= slept_since)
		return;
	if (thread->long_sleeps + 1 != task->nvcsw || thread->long_stack != saved_stack_pointer_of(task))
		return;
	if (since - slept_since + QUIET_EARLY_NS - quiet_period_ns < QUIET_EARLY_NS + QUIET_LATE_NS)
		thread->long_switches = task->nvcsw + task->nivcsw;
}

/*
 * These and the parts of the sample are not inlined, so that the verifier forgets the variables of each before the
 * next: v6.12 never came to the end of the walk with all of them in one function.
 */
static __noinline bool waits_too_long(struct task_struct *task, struct thread *thread, __u64 now)
{
	__u32 state = state_of(task);
	__u64 since;

	if (!(state & TASK_UNINTERRUPTIBLE) || (state & TASK_NOLOAD))
		return false;
	if (thread)
		go_on(task, thread);
	since = off_cpu_since(task, thread);
	if (since && age_at(now, since) < suspect_wait_ns)
		return false;
	if (thread && since) {
		thread->long_since_ns = since;
		thread->long_switches = task->nvcsw + task->nivcsw;
		thread->long_sleeps = task->nvcsw;
		thread->long_slept_ns = thread->off_cpu_since_ns;
		thread->long_stack = saved_stack_pointer_of(task);
	}
	return true;
}

static __noinline bool call_lasts_too_long(struct task_struct *task, struct thread *thread, __u64 now)
{
	struct tracked_call call = tracked_call_of(task, thread);
	__u64 since = call.entered_ns;
	struct pt_regs *regs;
	__u32 index;

	if (task->exit_state) /* its last call, which never returned, is over */
		return false;
	if ((!call.known || call.number < 0) && !task->on_cpu && !(task->flags & PF_KTHREAD)) {
		/*
		 * Without the tracepoints, and in a call that was made while they were being attached: the registers
		 * tell the call, and the wait is a lower bound of its age.
		 */
		since = off_cpu_since(task, thread);
		if (!since || age_at(now, since) < smallest_call_limit_ns)
			return false;
		regs = user_registers_of(task);
		if (!regs)
			return false;
		call.number = call_number_of(regs);
		call.compat = regs_are_compat(regs);
	}
	if (call.number < 0 || call.compat)
		return false;
	index = (__u32)call.number < WEDGED_CALL_OTHER ? (__u32)call.number : WEDGED_CALL_OTHER;
	if (since && (!oldest_entered_ns[index] || since < oldest_entered_ns[index]))
		oldest_entered_ns[index] = since;
	if (!call_limit_ns[index] || !smallest_call_limit_ns)
		return false;
	if (!since)
		since = off_cpu_since(task, thread);
	return since && age_at(now, since) >= call_limit_ns[index];
}

/* futex(2) calls that may sleep, with their timeout's place among the arguments; NULL there: for ever if need be. */
static __always_inline bool is_endless_futex_wait(struct pt_regs *regs)
{
	__u64 arguments[WEDGED_ARGUMENTS];
	__s32 number = call_number_of(regs);

	if (regs_are_compat(regs) || (number != NR_FUTEX && number != NR_FUTEX_WAIT))
		return false;
	copy_arguments(arguments, regs);
	if (number == NR_FUTEX_WAIT)
		return !arguments[4];
	return !arguments[3];
}

/* Most threads of a host that sleep for long do so here, idle and healthy: those whose wait was set aside are cheap. */
static __noinline bool waits_for_a_lock(struct task_struct *task, struct thread *thread, __u64 now)
{
	struct tracked_call call;
	struct pt_regs *regs;
	__u64 since;

	if (task->on_cpu || (task->flags & PF_KTHREAD) || !(state_of(task) & TASK_INTERRUPTIBLE))
		return false;
	if (thread && thread->aside_epoch == aside_epoch + 1 && thread->aside_switches == task->nvcsw + task->nivcsw)
		return false;
	call = tracked_call_of(task, thread);
	/* Asleep and in no call: it was made before the thread came into the scope. The registers tell. */
	if (call.known && call.number >= 0 && call.number != NR_FUTEX && call.number != NR_FUTEX_WAIT)
		return false;
	since = off_cpu_since(task, thread);
	if (!suspect_futex_ns || (since && age_at(now, since) < suspect_futex_ns))
		return false;
	regs = user_registers_of(task);
	return regs && is_endless_futex_wait(regs);
}

/* Since it came onto a CPU it has not slept, and since it entered the call it was not in user mode. */
static __always_inline __u64 on_cpu_in_call_since(struct task_struct *task, const struct tracked_call *call, __u64 now)
{
	__u64 arrival;

	if (!bpf_core_field_exists(task->sched_info.last_arrival) || !call->entered_ns)
		return now;
	arrival = task->sched_info.last_arrival + sched_clock_offset_ns;
	if (arrival < call->entered_ns)
		arrival = call->entered_ns;
	return arrival < now ? arrival : now;
}

/*
 * In one and the same call from scan to scan, neither asleep (no voluntary switch) nor in user mode in between. On a
 * CPU without the tracepoints the registers are those of the last entry, perhaps long ago: then user time moves on.
 */
static __noinline bool loops_in_kernel(struct task_struct *task, struct thread *thread, __u64 now)
{
	struct tracked_call call;
	struct pt_regs *regs;
	bool moved;

	if (!thread || !suspect_loop_ns)
		return false;
	if (state_of(task) || task->exit_state || (task->flags & PF_KTHREAD)) {
		thread->loop_since_ns = 0;
		return false;
	}
	call = tracked_call_of(task, thread);
	moved = thread->loop_sleeps != task->nvcsw || thread->loop_user_time != task->utime;
	if (track_calls && !call.known && !moved) /* met on its way off a CPU or onto one: no reason to begin anew */
		return thread->loop_since_ns && age_at(now, thread->loop_since_ns) >= suspect_loop_ns;
	if (!call.known || call.number < 0) {
		regs = user_registers_of(task);
		call.number = regs && !track_calls ? call_number_of(regs) : WEDGED_NO_CALL;
		call.entered_ns = regs ? stack_pointer_of(regs) : 0;
	}
	if (call.number < 0) {
		thread->loop_since_ns = 0;
		return false;
	}
	if (!thread->loop_since_ns || thread->loop_entered_ns != call.entered_ns || moved) {
		thread->loop_since_ns = call.known ? on_cpu_in_call_since(task, &call, now) : now;
		thread->loop_entered_ns = call.entered_ns;
		thread->loop_sleeps = task->nvcsw;
		thread->loop_user_time = task->utime;
	}
	return age_at(now, thread->loop_since_ns) >= suspect_loop_ns;
}

static __noinline bool waits_for_cpu(struct task_struct *task, struct thread *thread, __u64 now)
{
	__u64 since = runnable_since(task, thread);

	return since && suspect_runnable_ns && age_at(now, since) >= suspect_runnable_ns;
}

/*
 * A sleeper that may be frozen as it is becomes so without a switch (__set_task_frozen(), f5d39b020809 "freezer,sched:
 * Rewrite core freezer logic", v6.1), however long it has slept: frozen since the first scan that sees it at the
 * latest.
 */
static __always_inline void note_frozen(struct task_struct *task, struct thread *thread, __u64 now)
{
	if (!(state_of(task) & TASK_FROZEN))
		return;
	if (!thread->frozen_since_ns || thread->frozen_seen_ns < previous_scan_ns)
		thread->frozen_since_ns = now;
	thread->frozen_seen_ns = now;
}

static __noinline bool is_stopped(struct task_struct *task, struct thread *thread, __u64 now)
{
	bool stopped = (state_of(task) & (TASK_STOPPED_OR_TRACED | TASK_FROZEN)) || (task->flags & PF_FROZEN) ||
		       is_frozen_by_cgroup(task);
	__u64 since;

	if (!stopped || !suspect_stop_ns || task->on_cpu)
		return false;
	if (thread)
		note_frozen(task, thread, now);
	since = off_cpu_since(task, thread);
	return !since || age_at(now, since) >= suspect_stop_ns;
}

/* The leader is kept as a zombie as long as other threads of its process live. */
static __always_inline bool is_lost_leader(struct task_struct *task)
{
	return task->exit_state && task->pid == task->tgid && BPF_CORE_READ(task, signal, nr_threads) > 1 &&
	       !is_group_exiting(task);
}

static __always_inline bool is_watched(struct task_struct *task)
{
	__u32 tgid = (__u32)task->tgid;
	__u64 *start;

	if (!watched_processes)
		return false;
	start = bpf_map_lookup_elem(&watched, &tgid);
	return start && *start == BPF_CORE_READ(task, group_leader, start_boottime); /* ids are reused */
}

static __noinline bool kill_waits(struct task_struct *task, struct thread *thread, __u64 now)
{
	if (!kill_is_pending(task)) {
		if (thread && thread->kill_seen_ns)
			thread->kill_seen_ns = thread->kill_seen_exact = 0;
		return false;
	}
	if (thread && !thread->kill_seen_ns)
		thread->kill_seen_ns = now;
	return true;
}

#endif
