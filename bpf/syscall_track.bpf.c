// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The hot path: which call each thread is in and since when, how long finished calls took and what they were good for.
 * Nothing else runs here.
 *
 * The present call lives in a slot of its CPU; sched_track spills it to the thread's storage at a switch and loads the
 * next thread's. A call that does not block touches the two cache lines of its CPU and never a map of tasks.
 * No counter needs an atomic addition: these programs run with preemption disabled, also since the tracepoints of
 * system calls may fault (4aadde89d81f, "tracing/bpf: disable preemption in syscall probe", v6.13), and where they did
 * not, prog->active would keep a second run of the same program from this CPU.
 */
#include "call_effect.bpf.h"
#include "call_slot.bpf.h"
#include "compat.bpf.h"

const volatile __u8 call_effects[WEDGED_CALLS] = {};

/*
 * A signal handler returns, and the thread goes on: unless it is one that began within the handler of a fatal signal,
 * then its frame lies below where the stack ended in there. Read by sched_track's crashed_thread_exit.
 */
static __always_inline void forget_fatal_signal(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct thread *thread = bpf_task_storage_get(&threads, task, NULL, 0);
	struct pt_regs *regs;

	if (!thread || !thread->fatal_signal)
		return;
	regs = user_registers_of(task);
	if (!regs || stack_pointer_of(regs) >= thread->nested_stack)
		thread->fatal_signal = 0;
}

static __always_inline bool is_return_of_handler(__s32 number, __u32 compat)
{
	if (compat)
		return number == NR_SIGRETURN_COMPAT || number == NR_RT_SIGRETURN_COMPAT;
	return number == NR_RT_SIGRETURN;
}

static __always_inline void enter_call(const struct pt_regs *regs, __s32 number, __u32 compat)
{
	struct wedged_call_slot *slot;

	if ((scope_by_pid || scope_by_cgroup) && !in_scope(bpf_get_current_task_btf()))
		return;
	slot = slot_of_caller(bpf_get_smp_processor_id(), regs);
	if (!slot)
		return;
	slot->number = number;
	slot->compat = compat;
	slot->sequence += 1;
	slot->entered_ns = bpf_ktime_get_ns();
	if (is_return_of_handler(number, compat))
		forget_fatal_signal();
}

/* Which bucket a duration falls into: the position of the highest bit, by halving. */
static __always_inline __u32 bucket_of(__u64 duration_ns)
{
	__u64 rest = duration_ns >> WEDGED_FIRST_BUCKET_SHIFT;
	__u32 bucket = 0;

	if (!rest)
		return 0;
	if (rest >> 32)
		return WEDGED_LATENCY_BUCKETS - 1;
	if (rest >> 16) {
		rest >>= 16;
		bucket += 16;
	}
	if (rest >> 8) {
		rest >>= 8;
		bucket += 8;
	}
	if (rest >> 4) {
		rest >>= 4;
		bucket += 4;
	}
	if (rest >> 2) {
		rest >>= 2;
		bucket += 2;
	}
	bucket += 1 + (rest >> 1);
	return bucket < WEDGED_LATENCY_BUCKETS ? bucket : WEDGED_LATENCY_BUCKETS - 1;
}

static __always_inline __u32 table_index(__s32 number, __u32 compat)
{
	if (compat)
		return WEDGED_CALL_COMPAT;
	return (__u32)number < WEDGED_CALL_OTHER ? (__u32)number : WEDGED_CALL_OTHER;
}

static __always_inline void leave_call(const struct pt_regs *regs, long returned, bool foreign)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct wedged_call_slot *slot = slot_of_caller(cpu, regs);
	struct wedged_call_stats *stats;
	__u64 duration;
	__u32 index;

	if (!slot || slot->number == WEDGED_NO_CALL)
		return;
	index = table_index(slot->number, slot->compat);
	count_effect(&slot->counts, effect_of(index), slot->number, returned, regs, foreign);
	slot->number = WEDGED_NO_CALL;
	if (!slot->entered_ns)
		return;
	index += cpu * WEDGED_CALLS;
	duration = bpf_ktime_get_ns() - slot->entered_ns;
	slot->finished_ns += duration;
	stats = bpf_map_lookup_elem(&call_stats, &index);
	if (!stats)
		return;
	stats->total_ns += duration;
	/* Not those of calls that a signal broke off and the kernel makes again. */
	if (returned < 0 && returned > -FIRST_OF_THE_KERNEL_ALONE) {
		stats->errors += 1;
		slot->errors += 1;
	}
	index = bucket_of(duration);
	if (index < WEDGED_LATENCY_BUCKETS)
		stats->buckets[index] += 1;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(sys_enter, struct pt_regs *regs, long number)
{
	enter_call(regs, (__s32)number, regs_are_compat(regs));
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(sys_exit, struct pt_regs *regs, long returned)
{
	leave_call(regs, returned, false);
	return 0;
}

/* The same for kernels whose BTF does not name the tracepoints; registers are then read as foreign memory. */
#if defined(__TARGET_ARCH_x86)
#define raw_regs_are_compat(regs) ((BPF_CORE_READ(regs, cs) & 0xffff) == USER32_CS)
#else
#define raw_regs_are_compat(regs) ((BPF_CORE_READ(regs, pstate) & PSR_MODE32_BIT) != 0)
#endif

SEC("raw_tp/sys_enter")
int BPF_PROG(sys_enter_raw, struct pt_regs *regs, long number)
{
	enter_call(regs, (__s32)number, raw_regs_are_compat(regs));
	return 0;
}

SEC("raw_tp/sys_exit")
int BPF_PROG(sys_exit_raw, struct pt_regs *regs, long returned)
{
	leave_call(regs, returned, true);
	return 0;
}
