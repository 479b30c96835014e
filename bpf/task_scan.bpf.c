// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The scan: walks every thread in the kernel and emits only suspects. It judges nothing; it leaves out who certainly
 * is none by the smallest thresholds that userspace has set. An idle thread costs a few loads and no copy.
 * Two programs can do it: scan_tasks on every kernel, walk_tasks at a fifth of the cost on newer ones.
 */
#include "sample.bpf.h"

#define QUIET_TOLERANCE_NS 1000000000ull

struct candidate_array { /* thread ids */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
};
struct candidate_array candidates SEC(".maps");

/* So many take some 25 ms, and not every kernel lets others run meanwhile. */
#define WALK_MAX_THREADS (1u << 17)

/* Set by userspace before each scan. */
__s64 sched_clock_offset_ns = 0;
__u64 suspect_wait_ns = 0;		/* D state at least so long */
__u64 quiet_period_ns = 0;		/* see go_on(); 0: there is none */
__u64 suspect_futex_ns = 0;		/* in a futex without a timeout at least so long */
__u32 aside_epoch = 0;			/* waits set aside in another one are looked at again */
__u32 watched_processes = 0;		/* entries of the map `watched` */
__u64 smallest_call_limit_ns = 0;	/* of the table below; 0: the table is empty */
__u64 call_limit_ns[WEDGED_CALLS] = {}; /* one call at least so long; 0: never a suspect for that */

/* Set by the scan. */
__u64 threads_scanned = 0;
__u64 calibration_ns = 0; /* CLOCK_MONOTONIC - sched_clock, plus how long the reader has been on its CPU */
__u64 oldest_entered_ns[WEDGED_CALLS] = {}; /* zeroed by userspace before the scan */
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

/* `now` is read once for many threads, so a time may be later: that is no age yet. */
static __always_inline __u64 age_at(__u64 now, __u64 since)
{
	return since < now ? now - since : 0;
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

/*
 * The block layer wakes who waits for a request every half of kernel.hung_task_timeout_secs, so that the kernel's own
 * detector keeps quiet, and lets it sleep on: de6a78b601c5 ("block: Prevent hung_check firing during long sync IO"),
 * v5.7. A single switch at just that time is no progress: the wait goes on, since when it began.
 */
static __always_inline void go_on(struct task_struct *task, struct thread *thread)
{
	__u64 since = thread->off_cpu_since_ns, slept;

	if (!quiet_period_ns || !thread->long_since_ns || since <= thread->long_since_ns)
		return;
	if (thread->long_switches + 1 != task->nvcsw + task->nivcsw)
		return;
	slept = (since - thread->long_since_ns + QUIET_TOLERANCE_NS / 2) % quiet_period_ns;
	if (slept < QUIET_TOLERANCE_NS)
		thread->long_switches += 1;
}

static __always_inline bool waits_too_long(struct task_struct *task, struct thread *thread, __u64 now)
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
	}
	return true;
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
	if (!suspect_futex_ns || (since && age_at(now, since) < suspect_futex_ns))
		return false;
	regs = user_registers_of(task);
	return regs && is_endless_futex_wait(regs);
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

static __always_inline bool emit(struct seq_file *seq, struct task_struct *task, struct thread *thread, bool suspect)
{
	struct wedged_task_record record = {};

	sample_task(&record, task, thread);
	if (!suspect)
		record.facts |= WEDGED_FACT_MEMBER;
	return !bpf_seq_write(seq, &record, sizeof(record));
}

/* False: it is to be told of, but there was no room for its record. */
static __always_inline bool look_at(struct seq_file *seq, struct task_struct *task)
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
	suspect &= !task->exit_state;
	if (!suspect && !is_watched(task) && !(thread && thread->crash_seen))
		return true;
	return emit(seq, task, thread, suspect);
}

SEC("iter/task")
int scan_tasks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;

	if (!task)
		return 0;
	if (context->meta->seq_num == 0) {
		threads_scanned = 0;
		calibrate();
	}
	if (!in_scope(task))
		return 0;
	/* Without room nothing is lost: the kernel comes back with the same task and an empty buffer (bpf_seq_read). */
	if (look_at(context->meta->seq, task))
		threads_scanned += 1;
	return 0;
}

/*
 * The same in one loop: c68a78ffe2cb ("bpf: Introduce task open coded iterator kfuncs"), v6.7. Above, the kernel looks
 * up every id, takes and drops a reference and calls a program; that is most of what such a scan costs. The loop only
 * notes whom to look at, in an array; the iterator over that array, whose first element starts the loop, then looks at
 * them. If there are too many of either kind it gives up before it writes anything, and userspace has scan_tasks do it.
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

	if (!thread || thread->kill_seen_ns || thread->crash_seen || is_watched(task))
		return 1;
	if ((task->flags & PF_EXITING) || (task->pending.signal.sig[0] & SIGKILL_BIT))
		return 1;
	if ((state_of(task) & (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)) == TASK_UNINTERRUPTIBLE)
		return 1;
	if (waits_for_a_lock(task, thread, now))
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

SEC("iter/bpf_map_elem")
int walk_tasks(struct bpf_iter__bpf_map_elem *context)
{
	__u32 *index = context->key, *tid = context->value;
	struct task_struct *task;

	if (!index || !tid)
		return 0;
	if (*index == 0) {
		threads_scanned = threads_walked = candidates_noted = 0;
		calibrate();
		walk();
	}
	if (candidates_noted == WEDGED_WALK_GAVE_UP || *index >= candidates_noted)
		return 0;
	task = bpf_task_from_pid((__s32)*tid);
	if (!task)
		return 0;
	look_at(context->meta->seq, task); /* without room: as above */
	bpf_task_release(task);
	return 0;
}
