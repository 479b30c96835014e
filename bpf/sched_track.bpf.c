// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The scheduler's tracepoints: since when a thread is off its CPU or waits for one, which call it took along, who was
 * forked, who died inside a call. Storage is made at fork and by the first scan, never in the middle of a switch.
 */
#include "call_slot.bpf.h"
#include "compat.bpf.h"

__u64 hung_task_reports = 0;

#if defined(__TARGET_ARCH_x86)
#define NR_EXIT 60
#define NR_EXIT_GROUP 231
#else
#define NR_EXIT 93
#define NR_EXIT_GROUP 94
#endif
/* i386 and arm agree on the first, not on the second. */
#define NR_EXIT_COMPAT 1
#define NR_EXIT_GROUP_I386 252
#define NR_EXIT_GROUP_ARM 248

static __always_inline bool is_exit_call(const struct wedged_call_slot *slot)
{
	if (slot->compat)
		return slot->number == NR_EXIT_COMPAT || slot->number == NR_EXIT_GROUP_I386 ||
		       slot->number == NR_EXIT_GROUP_ARM;
	return slot->number == NR_EXIT || slot->number == NR_EXIT_GROUP;
}

static __always_inline void spill(struct wedged_call_slot *slot, struct task_struct *prev, __u64 now)
{
	struct thread *thread = bpf_task_storage_get(&threads, prev, NULL, 0);
	bool own = slot->tid == (__u32)prev->pid || !slot->tid;

	if (!thread) {
		if (own && slot->number != WEDGED_NO_CALL)
			count_loss(WEDGED_LOSS_STORAGE_MISSING);
		return;
	}
	if (own) { /* else its switch to this CPU was not told, and its call is in its storage: see claim_slot() */
		thread->entered_ns = slot->entered_ns;
		thread->sequence = slot->sequence;
		thread->errors = slot->errors;
		thread->finished_ns = slot->finished_ns;
		thread->counts = slot->counts;
		thread->number = slot->number;
		thread->compat = slot->compat;
	}
	thread->off_cpu_since_ns = now;
	thread->runnable_since_ns = state_of(prev) == 0 ? now : 0;
}

/* The fourth argument came with v5.18; nobody needs it. */
SEC("tp_btf/sched_switch")
int BPF_PROG(sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct wedged_call_slot *slot = slot_of_cpu(bpf_get_smp_processor_id());

	if (!slot)
		return 0;
	if (prev->pid)
		spill(slot, prev, bpf_ktime_get_ns());
	if (next->pid)
		fill_slot(slot, next);
	else
		empty_slot(slot, 0);
	return 0;
}

static __always_inline void note_wakeup(struct task_struct *task)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, NULL, 0);

	if (thread && !thread->runnable_since_ns)
		thread->runnable_since_ns = bpf_ktime_get_ns();
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(sched_wakeup, struct task_struct *task)
{
	note_wakeup(task);
	return 0;
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(sched_wakeup_new, struct task_struct *task)
{
	note_wakeup(task);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(sched_process_fork, struct task_struct *parent, struct task_struct *child)
{
	struct thread *thread = make_thread(child);

	if (!thread)
		return 0;
	thread->spin.compared_ns = bpf_ktime_get_ns(); /* all that it does is counted */
	if (child->pid == child->tgid) {
		thread->forked_from_threads = child->mm != parent->mm && BPF_CORE_READ(parent, signal, nr_threads) > 1;
		thread->fork_seen = 1;
	}
	return 0;
}

/*
 * A thread that is not the leader takes the leader's id and birth in an exec (de_thread()), and keeps its storage: what
 * it has called so far would be taken for the leader's. Its slot has the id it had, unless it has been switched since.
 */
static __always_inline void begin_as_leader(struct task_struct *task, __u32 old_tid)
{
	struct wedged_call_slot *slot = slot_of_cpu(bpf_get_smp_processor_id());

	if (!track_calls || !slot)
		return;
	if (slot->tid == old_tid)
		slot->tid = (__u32)task->pid;
	claim_slot(slot);
	slot->sequence = slot->number != WEDGED_NO_CALL; /* the exec itself */
	slot->finished_ns = 0;
	slot->errors = 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(sched_process_exec, struct task_struct *task, int old_tid)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, NULL, 0);

	if (thread)
		thread->forked_from_threads = thread->crash_seen = thread->death_seen = thread->fatal_signal = 0;
	if (old_tid != task->pid)
		begin_as_leader(task, (__u32)old_tid);
	return 0;
}

/* A handler for a fatal signal that never returned, and the process goes on without the thread: see signal_track. */
static __always_inline void report_crash(struct task_struct *task, struct thread *thread)
{
	struct wedged_crash_record *record;
	struct thread *leader;

	if (BPF_CORE_READ(task, signal, live.counter) < 1 || (BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT) ||
	    is_ended_by_exec(task) || !in_scope(task))
		return;
	leader = bpf_task_storage_get(&threads, task->group_leader, NULL, 0);
	if (leader)
		leader->crash_seen = 1;
	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record) {
		count_loss(WEDGED_LOSS_RING_FULL);
		return;
	}
	record->header.kind = WEDGED_RECORD_CRASH;
	record->header.version = WEDGED_ABI_VERSION;
	record->header.size = sizeof(*record);
	record->tgid = (__u32)task->tgid;
	record->tid = (__u32)task->pid;
	record->start_boottime_ns = task->start_boottime;
	record->process_start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	record->delivered_ns = thread->fatal_delivered_ns;
	record->exited_ns = bpf_ktime_get_ns();
	record->signal = thread->fatal_signal;
	record->padding = 0;
	BPF_CORE_READ_STR_INTO(&record->comm, task, comm);
	BPF_CORE_READ_STR_INTO(&record->process_comm, task, group_leader, comm);
	bpf_ringbuf_submit(record, 0);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(crashed_thread_exit, struct task_struct *task)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, NULL, 0);

	if (thread && thread->fatal_signal)
		report_crash(task, thread);
	return 0;
}

/* Those that live on are seen in each scan from now on: see look_at() in task_scan. */
static __always_inline void mark_process(struct task_struct *task)
{
	struct thread *leader = bpf_task_storage_get(&threads, task->group_leader, NULL, 0);

	if (leader)
		leader->death_seen = 1;
}

static __always_inline void report_death(struct task_struct *task, const struct wedged_call_slot *slot)
{
	struct wedged_death_record *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);

	if (!record) {
		count_loss(WEDGED_LOSS_RING_FULL);
		return;
	}
	record->header.kind = WEDGED_RECORD_DEATH;
	record->header.version = WEDGED_ABI_VERSION;
	record->header.size = sizeof(*record);
	record->tgid = (__u32)task->tgid;
	record->tid = (__u32)task->pid;
	record->start_boottime_ns = task->start_boottime;
	record->process_start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	record->at_ns = bpf_ktime_get_ns();
	record->address = (__u64)task;
	record->call_number = slot->number;
	record->exit_code = task->exit_code;
	record->group_exit = (BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT) != 0;
	record->padding = 0;
	BPF_CORE_READ_STR_INTO(&record->comm, task, comm);
	BPF_CORE_READ_STR_INTO(&record->process_comm, task, group_leader, comm);
	bpf_ringbuf_submit(record, 0);
}

/*
 * sys_exit runs before signals are handled on the way out, so whoever exits with a call still in its slot never left
 * that call: exit and exit_group, or the kernel killed it right there (make_task_dead after an oops).
 */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(sched_process_exit, struct task_struct *task)
{
	struct wedged_call_slot *slot = slot_of_cpu(bpf_get_smp_processor_id());

	if (!track_calls || !slot)
		return 0;
	claim_slot(slot);
	if (slot->number == WEDGED_NO_CALL || is_exit_call(slot) || !in_scope(task) || is_ended_by_exec(task))
		return 0;
	if (!(BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT))
		mark_process(task);
	report_death(task, slot);
	return 0;
}

SEC("tp_btf/sched_process_hang")
int BPF_PROG(sched_process_hang, struct task_struct *task)
{
	__sync_fetch_and_add(&hung_task_reports, 1);
	return 0;
}
