// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The scan: walks every thread in the kernel and emits only suspects. It judges nothing; it leaves out who certainly
 * is none by the smallest thresholds that userspace has set. An idle thread costs a few loads and no copy.
 * Two programs can do it: scan_tasks on every kernel, walk_tasks at a fifth of the cost on newer ones.
 */
#include "spin.bpf.h"
#include "suspect.bpf.h"

struct candidate_array { /* thread ids */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
};
struct candidate_array candidates SEC(".maps");

/* Too large for the stack; one reader at a time, userspace sees to that. scan_tasks uses the first. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WEDGED_CANDIDATES_AT_ONCE);
	__type(key, __u32);
	__type(value, struct wedged_task_record);
} task_scratch SEC(".maps");

/* So many take some 25 ms, and not every kernel lets others run meanwhile. */
#define WALK_MAX_THREADS (1u << 17)

/* Set by userspace before each scan. */
__s64 sched_clock_offset_ns = 0;
__u32 candidates_from = 0; /* before each look at candidates: the first of them */

/* Set by the scan. */
__u64 threads_scanned = 0;
__u64 calibration_ns = 0; /* CLOCK_MONOTONIC - sched_clock, plus how long the reader has been on its CPU */
__u32 candidates_noted = 0;
__u64 threads_walked = 0;

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

	if (!thread || task->on_cpu)
		return thread;
	regs = user_registers_of(task);
	if (!regs)
		return thread;
	thread->compat = regs_are_compat(regs);
	if (call_number_of(regs) >= 0)
		thread->number = call_number_of(regs);
	return thread;
}

static __noinline void fill(struct wedged_task_record *record, struct task_struct *task, struct thread *thread,
			    bool suspect)
{
	__builtin_memset(record, 0, sizeof(*record));
	sample_task(record, task, thread);
	if (!suspect)
		record->facts |= WEDGED_FACT_MEMBER;
}

/* False: there is nothing to tell of this task, and the record is as it was. */
static __always_inline bool tells(struct wedged_task_record *record, struct task_struct *task)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, NULL, 0);
	__u64 now = bpf_ktime_get_ns();
	bool suspect;

	if (!thread)
		thread = adopt(task);
	/* Each of these also keeps a mark of its own: ask them all. */
	suspect = kill_waits(task, thread, now);
	suspect |= call_lasts_too_long(task, thread, now);
	suspect |= waits_too_long(task, thread, now);
	suspect |= waits_for_a_lock(task, thread, now);
	suspect |= loops_in_kernel(task, thread, now);
	suspect |= waits_for_cpu(task, thread, now);
	suspect |= is_stopped(task, thread, now);
	suspect |= spins(task, thread, now);
	suspect &= !task->exit_state;
	suspect |= is_lost_leader(task);
	if (!suspect && !is_watched(task) && !(thread && (thread->crash_seen || thread->death_seen)))
		return false;
	fill(record, task, thread, suspect);
	return true;
}

SEC("iter/task")
int scan_tasks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct wedged_task_record *record;
	__u32 zero = 0;

	if (!task)
		return 0;
	if (context->meta->seq_num == 0) {
		threads_scanned = 0;
		calibrate();
		note_scan(bpf_ktime_get_ns());
	}
	if (!in_scope(task))
		return 0;
	record = bpf_map_lookup_elem(&task_scratch, &zero);
	/* Without room nothing is lost: the kernel comes back with the same task and an empty buffer (bpf_seq_read). */
	if (record && (!tells(record, task) || !bpf_seq_write(context->meta->seq, record, sizeof(*record))))
		threads_scanned += 1;
	return 0;
}

/*
 * The same in one loop: c68a78ffe2cb ("bpf: Introduce task open coded iterator kfuncs"), v6.7. Above, the kernel looks
 * up every id, takes and drops a reference and calls a program; that is most of what such a scan costs. The loop only
 * notes whom to look at, in an array; another program then looks at them, as many at once as there is room for. If
 * there are too many of either kind it gives up before anything is written, and userspace has scan_tasks do it.
 */
static __always_inline bool note_candidate(__u32 tid)
{
	__u32 index = candidates_noted;
	__u32 *place = bpf_map_lookup_elem(&candidates, &index);

	if (!place)
		return false;
	*place = tid;
	candidates_noted = index + 1;
	return true;
}

/*
 * May say yes too often, never no: a reason to be a suspect belongs in here as well. Not inlined, so that the verifier
 * forgets its variables before the loop's next round: else their values multiply (not a round converged on v6.12).
 */
static __attribute__((noinline)) int may_be_suspect(struct task_struct *task, __u64 now)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, NULL, 0);
	__u32 state = state_of(task);

	if (!thread || thread->kill_seen_ns || thread->crash_seen || thread->death_seen || is_watched(task))
		return 1;
	if (task->exit_state)
		return is_lost_leader(task);
	if ((task->flags & PF_EXITING) || (task->pending.signal.sig[0] & SIGKILL_BIT))
		return 1;
	if ((state & (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)) == TASK_UNINTERRUPTIBLE)
		return 1;
	/* Most threads are asleep: that spares three calls. */
	if ((!state || thread->loop_since_ns) && loops_in_kernel(task, thread, now))
		return 1;
	if (!state && waits_for_cpu(task, thread, now))
		return 1;
	if (((state & (TASK_STOPPED_OR_TRACED | TASK_FROZEN)) || (task->flags & PF_FROZEN) ||
	     (task->jobctl & JOBCTL_TRAP_FREEZE)) &&
	    is_stopped(task, thread, now))
		return 1;
	if (waits_for_a_lock(task, thread, now) || (!cannot_spin(thread, state) && spins(task, thread, now)))
		return 1;
	return call_lasts_too_long(task, thread, now);
}

/* Counts in memory: the verifier would follow the loop for every value of a counter on the stack. */
static __always_inline void walk(void)
{
	__u64 now = bpf_ktime_get_ns();
	struct bpf_iter_task iterator;
	struct task_struct *task;

	bpf_iter_task_new(&iterator, NULL, BPF_TASK_ITER_ALL_THREADS);
	while ((task = bpf_iter_task_next(&iterator))) {
		threads_walked += 1;
		if (!task->pid || !in_scope(task)) /* the list begins with an idle task */
			continue;
		threads_scanned += 1;
		if (threads_walked > WALK_MAX_THREADS || (may_be_suspect(task, now) && !note_candidate(task->pid))) {
			candidates_noted = WEDGED_WALK_GAVE_UP;
			break;
		}
	}
	bpf_iter_task_destroy(&iterator);
}

/* Attached to one task alone, the reader, so that it runs once. */
SEC("iter/task")
int walk_tasks(struct bpf_iter__task *context)
{
	if (!context->task)
		return 0;
	threads_scanned = threads_walked = candidates_noted = 0;
	calibrate();
	note_scan(bpf_ktime_get_ns());
	walk();
	return 0;
}

/* The candidate so many places after candidates_from. A global function: the verifier looks at it once, not every time.
 */
__noinline int tells_of_candidate(__u32 step)
{
	struct wedged_task_record *record = bpf_map_lookup_elem(&task_scratch, &step);
	__u32 index = candidates_from + step, *tid = bpf_map_lookup_elem(&candidates, &index);
	struct task_struct *task;
	int told;

	if (!record || !tid || index >= candidates_noted)
		return 0;
	task = bpf_task_from_pid((__s32)*tid);
	if (!task)
		return 0;
	told = tells(record, task);
	bpf_task_release(task);
	return told;
}

/* Attached as above: tells of the next few candidates, of which the buffer has room for all. */
SEC("iter/task")
int look_at_candidates(struct bpf_iter__task *context)
{
	struct wedged_task_record *record;
	__u32 step, key; /* a key is on the stack, where the verifier does not follow a counter */

	if (!context->task)
		return 0;
	for (step = 0; step < WEDGED_CANDIDATES_AT_ONCE; step++) {
		key = step;
		if (!tells_of_candidate(step))
			continue;
		record = bpf_map_lookup_elem(&task_scratch, &key);
		if (record)
			bpf_seq_write(context->meta->seq, record, sizeof(*record));
	}
	return 0;
}
