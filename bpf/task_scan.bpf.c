// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The scan: walks every thread in the kernel and emits only suspects. It judges nothing; it leaves out who certainly
 * is none by the smallest thresholds that userspace has set. An idle thread costs a few loads and no copy.
 */
#include "sample.bpf.h"

/* Set by userspace before each scan. */
__s64 sched_clock_offset_ns = 0;
__u64 suspect_wait_ns = 0;		/* D state at least so long */
__u64 suspect_futex_ns = 0;		/* in a futex without a timeout at least so long */
__u32 aside_epoch = 0;			/* waits set aside in another one are looked at again */
__u32 watched_processes = 0;		/* entries of the map `watched` */
__u64 smallest_call_limit_ns = 0;	/* of the table below; 0: the table is empty */
__u64 call_limit_ns[WEDGED_CALLS] = {}; /* one call at least so long; 0: never a suspect for that */

/* Set by the scan. */
__u64 threads_scanned = 0;
__u64 calibration_ns = 0; /* CLOCK_MONOTONIC - sched_clock, plus how long the reader has been on its CPU */
__u64 oldest_entered_ns[WEDGED_CALLS] = {}; /* zeroed by userspace before the scan */

/*
 * The reader is on a CPU now; it arrived there at last_arrival by sched_clock. The smallest difference seen is the
 * closest, so userspace keeps the minimum over some scans.
 */
static __always_inline void calibrate(void)
{
	struct task_struct *reader = bpf_get_current_task_btf();

	if (bpf_core_field_exists(reader->sched_info.last_arrival))
		calibration_ns = bpf_ktime_get_ns() - reader->sched_info.last_arrival;
}

/* Storage of a thread older than the monitor: made here, with the call that its registers show. */
static __always_inline struct thread *adopt(struct task_struct *task)
{
	struct thread *thread = make_thread(task);
	struct pt_regs *regs;

	if (!thread || (task->flags & PF_KTHREAD) || task->on_cpu)
		return thread;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	if (!regs)
		return thread;
	thread->compat = regs_are_compat(regs);
	if (call_number_of(regs) >= 0)
		thread->number = call_number_of(regs);
	return thread;
}

static __always_inline bool waits_too_long(struct task_struct *task, struct thread *thread, __u64 now)
{
	__u32 state = state_of(task);
	__u64 since;

	if (!(state & TASK_UNINTERRUPTIBLE) || (state & TASK_NOLOAD))
		return false;
	since = off_cpu_since(task, thread);
	return !since || now - since >= suspect_wait_ns;
}

static __always_inline bool call_lasts_too_long(struct task_struct *task, struct thread *thread, __u64 now)
{
	struct tracked_call call = tracked_call_of(task, thread);
	__u64 since = call.entered_ns;
	struct pt_regs *regs;
	__u32 index;

	if ((!call.known || call.number < 0) && !task->on_cpu && !(task->flags & PF_KTHREAD)) {
		/*
		 * Without the tracepoints, and in a call that was made while they were being attached: the registers
		 * tell the call, and the wait is a lower bound of its age.
		 */
		since = off_cpu_since(task, thread);
		if (!since || now - since < smallest_call_limit_ns)
			return false;
		regs = (struct pt_regs *)bpf_task_pt_regs(task);
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
	return since && now - since >= call_limit_ns[index];
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
static __always_inline bool waits_for_a_lock(struct task_struct *task, struct thread *thread, __u64 now)
{
	struct tracked_call call;
	struct pt_regs *regs;
	__u64 since;

	if (task->on_cpu || (task->flags & PF_KTHREAD) || !(state_of(task) & TASK_INTERRUPTIBLE))
		return false;
	if (thread && thread->aside_epoch == aside_epoch + 1 && thread->aside_switches == task->nvcsw + task->nivcsw)
		return false;
	call = tracked_call_of(task, thread);
	if (call.known && call.number != NR_FUTEX && call.number != NR_FUTEX_WAIT)
		return false;
	since = off_cpu_since(task, thread);
	if (!suspect_futex_ns || (since && now - since < suspect_futex_ns))
		return false;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	return regs && is_endless_futex_wait(regs);
}

static __always_inline bool is_watched(struct task_struct *task)
{
	__u32 tgid = (__u32)task->tgid;

	return watched_processes && bpf_map_lookup_elem(&watched, &tgid);
}

static __always_inline bool kill_waits(struct task_struct *task, struct thread *thread, __u64 now)
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

static __always_inline void emit(struct seq_file *seq, struct task_struct *task, struct thread *thread, bool suspect)
{
	struct wedged_task_record record = {};

	sample_task(&record, task, thread);
	if (!suspect)
		record.facts |= WEDGED_FACT_MEMBER;
	/* Without room nothing is lost: the kernel comes back with the same task and an empty buffer (bpf_seq_read). */
	if (bpf_seq_write(seq, &record, sizeof(record)))
		threads_scanned -= 1;
}

SEC("iter/task")
int scan_tasks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct thread *thread;
	bool suspect;
	__u64 now;

	if (!task)
		return 0;
	if (context->meta->seq_num == 0) {
		threads_scanned = 0;
		calibrate();
	}
	if (!in_scope(task))
		return 0;
	threads_scanned += 1;
	thread = bpf_task_storage_get(&threads, task, NULL, 0);
	if (!thread)
		thread = adopt(task);
	now = bpf_ktime_get_ns();
	/* Each of these also keeps a mark of its own: ask them all. */
	suspect = kill_waits(task, thread, now);
	suspect |= call_lasts_too_long(task, thread, now);
	suspect |= waits_too_long(task, thread, now);
	suspect |= waits_for_a_lock(task, thread, now);
	suspect &= !task->exit_state;
	if (suspect || is_watched(task) || (thread && thread->crash_seen))
		emit(context->meta->seq, task, thread, suspect);
	return 0;
}
