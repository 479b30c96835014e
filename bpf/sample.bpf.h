/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Samples one task into a record: the scan and the second pass look at a task in the same way. */
#ifndef WEDGED_SAMPLE_H
#define WEDGED_SAMPLE_H

#include "kernel_wait.bpf.h"

/* sched_clock + this = CLOCK_MONOTONIC; userspace keeps it up to date from what `calibrate` finds. */
extern __s64 sched_clock_offset_ns;

/* `now` is read once for many threads, so a time may be later: that is no age yet. */
static __always_inline __u64 age_at(__u64 now, __u64 since)
{
	return since < now ? now - since : 0;
}

/* The call a task is in, as far as the tracepoints know it. */
struct tracked_call {
	__u64 entered_ns;
	__u64 sequence;
	__u64 finished_ns; /* how long the finished ones of the calls counted so far took together */
	__s32 number;
	__u32 compat;
	__u32 errors; /* of the calls counted so far */
	bool known;
	bool counted; /* sequence, errors and finished_ns are what it has come to */
};

/* What the switch has spilled. */
static __always_inline struct tracked_call call_in_storage(const struct thread *thread)
{
	return (struct tracked_call){
	    .number = thread->number,
	    .entered_ns = thread->entered_ns,
	    .sequence = thread->sequence,
	    .errors = thread->errors,
	    .finished_ns = thread->finished_ns,
	    .compat = thread->compat,
	    .known = thread->off_cpu_since_ns != 0,
	    .counted = true,
	};
}

/*
 * On a CPU: the slot of that CPU, if it is this task's. Off CPU: what the switch spilled.
 * Read while the task may move on: whoever needs certainty compares two samples.
 */
static __always_inline struct tracked_call tracked_call_of(struct task_struct *task, struct thread *thread)
{
	struct tracked_call call = {.number = WEDGED_NO_CALL};
	struct wedged_call_slot *slot;

	if (!track_calls || !thread)
		return call;
	if (task->on_cpu) {
		slot = slot_of_cpu(cpu_of(task));
		if (!slot || slot->tid != (__u32)task->pid)
			return call;
		call.number = slot->number;
		call.entered_ns = slot->entered_ns;
		call.sequence = slot->sequence;
		call.errors = slot->errors;
		call.finished_ns = slot->finished_ns;
		call.compat = slot->compat;
		call.known = call.counted = true;
		return call;
	}
	return call_in_storage(thread);
}

/* On a CPU: in its slot, as the call itself, see tracked_call_of(). False: not known. */
static __always_inline bool counts_of(struct wedged_call_counts *counts, struct task_struct *task,
				      struct thread *thread)
{
	struct wedged_call_slot *slot;

	if (!track_calls || !thread)
		return false;
	if (!task->on_cpu) {
		*counts = thread->counts;
		return true;
	}
	slot = slot_of_cpu(cpu_of(task));
	if (!slot || slot->tid != (__u32)task->pid)
		return false;
	*counts = slot->counts;
	return true;
}

/*
 * When the present wait began. The switch stamped it, or the scheduler's own figures tell it: the arrival on the CPU
 * plus what it ran from then on (prev_sum_exec_runtime is the sum at arrival; fair class only, else it is 0 or old and
 * the arrival alone is a lower bound that would blame too much: then unknown). Whoever was switched out but once in its
 * life arrived with a sum of 0.
 */
static __always_inline __u64 off_cpu_since(struct task_struct *task, struct thread *thread)
{
	__u64 arrival, ran;

	if (task->on_cpu)
		return 0;
	if (thread && thread->frozen_since_ns && (state_of(task) & TASK_FROZEN))
		return thread->frozen_since_ns;
	if (thread && thread->long_since_ns && thread->long_switches == task->nvcsw + task->nivcsw)
		return thread->long_since_ns;
	if (thread && thread->off_cpu_since_ns)
		return thread->off_cpu_since_ns;
	if (!bpf_core_field_exists(task->sched_info.last_arrival))
		return 0;
	arrival = task->sched_info.last_arrival;
	if (!arrival || task->se.sum_exec_runtime < task->se.prev_sum_exec_runtime)
		return 0;
	if (!task->se.prev_sum_exec_runtime && task->nvcsw + task->nivcsw != 1)
		return 0;
	ran = task->se.sum_exec_runtime - task->se.prev_sum_exec_runtime;
	return arrival + ran + sched_clock_offset_ns;
}

/* Reckoned times of arrival are late by as long as the reader has been on its CPU when the clocks were compared. */
#define ARRIVAL_TOLERANCE_NS 100000000ull

/*
 * Since when the task waits for a CPU. The wakeup or the switch stamped it; where neither is watched the scheduler's
 * own mark tells it. If it has run since, the stamp is of a switch that was not told: see claim_slot().
 */
static __always_inline __u64 runnable_since(struct task_struct *task, struct thread *thread)
{
	__u64 since = thread ? thread->runnable_since_ns : 0, arrival = 0;

	if (task->on_cpu || state_of(task) || !bpf_core_field_exists(task->sched_info.last_arrival))
		return 0;
	if (!since && task->sched_info.last_queued)
		since = task->sched_info.last_queued + sched_clock_offset_ns;
	if (task->sched_info.last_arrival)
		arrival = task->sched_info.last_arrival + sched_clock_offset_ns;
	return since + ARRIVAL_TOLERANCE_NS >= arrival ? since : 0;
}

/* An exec ends the other threads with the same signal (zap_other_threads()), but nobody has killed the process then. */
static __always_inline bool kill_is_pending(struct task_struct *task)
{
	bool exits;
	int code;

	if (task->exit_state)
		return false;
	exits = BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT;
	if (task->pending.signal.sig[0] & SIGKILL_BIT)
		return exits || !is_ended_by_exec(task);
	if (!(task->flags & PF_EXITING))
		return false;
	code = BPF_CORE_READ(task, signal, group_exit_code);
	return exits && (code & SIGNAL_MASK);
}

/* Where the registers of a task off its CPU and the tracepoints disagree (a lost sys_exit), the registers win. */
static __always_inline void settle_call(struct tracked_call *call, struct pt_regs *regs)
{
	__s32 number = call_number_of(regs);

	if (number < 0)
		number = WEDGED_NO_CALL;
	if (call->known && call->number == number)
		return;
	call->number = number;
	call->compat = regs_are_compat(regs);
	call->known = true;
	call->entered_ns = call->sequence = 0;
}

static __always_inline __u32 facts_of_call(const struct tracked_call *call)
{
	return (call->known ? WEDGED_FACT_CALL_KNOWN : 0) | (call->compat ? WEDGED_FACT_COMPAT : 0);
}

static __always_inline void sample_call(struct wedged_task_record *record, struct task_struct *task,
					struct tracked_call call)
{
	struct pt_regs *regs;

	record->call_number = WEDGED_NO_CALL;
	if (task->exit_state) /* its stack may be gone, and what the tracepoints knew is over */
		return;
	regs = user_registers_of(task);
	if (regs) {
		record->facts |= WEDGED_FACT_REGISTERS;
		record->instruction_pointer = instruction_pointer_of(regs);
		record->stack_pointer = stack_pointer_of(regs);
		copy_arguments(record->arguments, regs);
		/* On a CPU they may be of a call that is over, but not where it has been in one since the last scan. */
		if (!task->on_cpu || (!track_calls && record->looping_since_ns))
			settle_call(&call, regs);
	}
	record->call_number = call.number;
	record->call_entered_ns = call.entered_ns;
	record->call_sequence = call.sequence;
	record->facts |= facts_of_call(&call);
}

static __noinline void sample_scheduling(struct wedged_task_record *record, struct task_struct *task)
{
	struct wedged_call_slot *slot;

	record->cpu = cpu_of(task);
	record->policy = task->policy;
	record->rt_priority = task->rt_priority;
	if (is_throttled(task))
		record->facts |= WEDGED_FACT_THROTTLED;
	if (!track_calls || !record->runnable_since_ns)
		return;
	slot = slot_of_cpu(record->cpu);
	if (slot && slot->tid != record->tid)
		record->cpu_occupant = slot->tid;
}

/* An exec ends all threads but its own. */
static __always_inline bool is_group_exiting(struct task_struct *task)
{
	return (BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT) || is_ended_by_exec(task);
}

static __noinline void sample_stops(struct wedged_task_record *record, struct task_struct *task)
{
	if (is_group_exiting(task))
		record->facts |= WEDGED_FACT_GROUP_EXITING;
	if (is_frozen_by_cgroup(task))
		record->facts |= WEDGED_FACT_CGROUP_FROZEN;
	if (task->ptrace)
		record->tracer_tgid = (__u32)BPF_CORE_READ(task, parent, tgid);
}

static __noinline void sample_times(struct wedged_task_record *record, struct task_struct *task, struct thread *thread)
{
	record->switch_count = task->nvcsw + task->nivcsw;
	record->system_time_ns = task->stime;
	record->user_time_ns = task->utime;
	record->off_cpu_since_ns = off_cpu_since(task, thread);
	record->runnable_since_ns = runnable_since(task, thread);
	if (!thread)
		return;
	if (thread->off_cpu_since_ns && record->off_cpu_since_ns != thread->frozen_since_ns)
		record->facts |= WEDGED_FACT_OFF_CPU_EXACT;
	if (thread->forked_from_threads)
		record->facts |= WEDGED_FACT_FORKED_FROM_THREADS;
	if (thread->fork_seen)
		record->facts |= WEDGED_FACT_FORK_SEEN;
	if (thread->crash_seen)
		record->facts |= WEDGED_FACT_CRASH_SEEN;
	if (thread->death_seen)
		record->facts |= WEDGED_FACT_DEATH_SEEN;
	record->looping_since_ns = thread->loop_since_ns;
	record->spinning_since_ns = thread->spin.since_ns;
	record->spin_ready = thread->spin.ready;
	record->spin_productive = thread->spin.productive;
	record->spin_fruitless = thread->spin.fruitless;
	record->kill_seen_ns = thread->kill_seen_ns;
	if (thread->kill_seen_exact)
		record->facts |= WEDGED_FACT_KILL_EXACT;
}

/* Locks name their owners by ids of the process's own namespace. Not of the dead: they have given their ids back. */
static __noinline void sample_namespace(struct wedged_task_record *record, struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	struct upid id = {};
	__u32 level;

	if (!pid || task->exit_state)
		return;
	level = BPF_CORE_READ(pid, level);
	bpf_core_read(&id, sizeof(id), &pid->numbers[level]);
	record->namespace_tid = (__u32)id.nr;
	record->pid_namespace = BPF_CORE_READ(id.ns, ns.inum);
}

/* The record must be zeroed. */
static __always_inline void sample_task(struct wedged_task_record *record, struct task_struct *task,
					struct thread *thread)
{
	record->header.kind = WEDGED_RECORD_TASK;
	record->header.version = WEDGED_ABI_VERSION;
	record->header.size = sizeof(*record);
	record->tgid = (__u32)task->tgid;
	record->tid = (__u32)task->pid;
	record->start_boottime_ns = task->start_boottime;
	record->process_start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	record->observed_ns = bpf_ktime_get_ns();
	record->state = state_of(task);
	record->exit_state = (__u32)task->exit_state;
	record->flags = task->flags;
	record->on_cpu = task->on_cpu != 0;
	record->uid = BPF_CORE_READ(task, real_cred, uid.val);
	record->parent_tgid = (__u32)BPF_CORE_READ(task, real_parent, tgid);
	record->process_threads = (__u32)BPF_CORE_READ(task, signal, nr_threads);
	sample_namespace(record, task);
	BPF_CORE_READ_STR_INTO(&record->comm, task, comm);
	BPF_CORE_READ_STR_INTO(&record->process_comm, task, group_leader, comm);
	record->address = (__u64)task;
	if (task->mm && task->mm == BPF_CORE_READ(task, real_parent, mm))
		record->facts |= WEDGED_FACT_SHARES_MEMORY;
	sample_times(record, task, thread);
	sample_scheduling(record, task);
	sample_stops(record, task);
	sample_kernel_wait(&record->kernel_wait, task, thread);
	sample_call(record, task, tracked_call_of(task, thread));
	if (counts_of(&record->counts, task, thread))
		record->facts |= WEDGED_FACT_COUNTED;
	if (kill_is_pending(task))
		record->facts |= WEDGED_FACT_KILL_PENDING;
	if (is_dumping_core(task, task->signal))
		record->facts |= WEDGED_FACT_DUMPING_CORE;
}

#endif
