/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Does a thread's loop spin? Its counts are compared from scan to scan: many waits that found something ready, or many
 * calls that failed alike, and next to nothing done. Userspace has the last word; this decides whom it hears of.
 */
#ifndef WEDGED_SPIN_H
#define WEDGED_SPIN_H

#include "call_effect.bpf.h"
#include "sample.bpf.h"

/* Set by userspace. */
__u64 suspect_spin_ns = 0;	/* spins at least so long; 0: nobody is a suspect for that */
__u64 spin_interval_ns = 0;	/* counts are compared no more often */
__u64 spin_rate = 0;		/* ready waits or failing calls a second, at least */
__u64 spin_productive_part = 0; /* less than one productive call in so many */

/* Set by the scan. */
__u64 this_scan_ns = 0;
__u64 previous_scan_ns = 0;

/* Some scans are begun twice. */
static __always_inline void note_scan(__u64 now)
{
	if (now < this_scan_ns + spin_interval_ns)
		return;
	previous_scan_ns = this_scan_ns;
	this_scan_ns = now;
}

/*
 * Certainly not, by what lies in the cache line that has been read anyway: it never had anything ready or failing, or
 * it has slept since before the last scan. Its counts are not compared then, see last_compared().
 */
static __always_inline bool cannot_spin(struct thread *thread, __u32 state)
{
	if (!thread->counts.ready && !thread->counts.fruitless)
		return true;
	return state && thread->off_cpu_since_ns && thread->off_cpu_since_ns < previous_scan_ns;
}

/* Who was left out of the scan before this one had made no call up to then, and did not spin. */
static __always_inline __u64 last_compared(struct spin *spin)
{
	if (spin->compared_ns >= previous_scan_ns || spin->missed_ns >= previous_scan_ns)
		return spin->compared_ns;
	spin->since_ns = 0;
	return previous_scan_ns;
}

/* Of the time since the last comparison: much of the same, and next to nothing productive. */
static __always_inline bool spun(const struct wedged_call_counts *counts, const struct spin *spin, __u64 interval_ns)
{
	__u64 ready = (__u32)(counts->ready - spin->counts.ready);
	__u64 productive = (__u32)(counts->productive - spin->counts.productive);
	__u64 fruitless = (__u32)(counts->fruitless - spin->counts.fruitless);
	__u64 many = spin_rate * interval_ns / 1000000000;

	if (ready > many && productive * spin_productive_part < ready)
		return true;
	if (fruitless <= many || productive * spin_productive_part >= fruitless ||
	    counts->failing_votes < WEDGED_MOST_VOTES / 2)
		return false;
	/* Who polls with a call that does not block and gets something now and then does so on purpose. */
	return (counts->failing & 0xffff) != EAGAIN || !productive;
}

static __always_inline void compare_counts(const struct wedged_call_counts *counts, struct spin *spin, __u64 now)
{
	__u64 before = last_compared(spin);
	bool spins = before && spun(counts, spin, now - before);

	if (!spins) {
		spin->since_ns = 0;
	} else if (!spin->since_ns) {
		spin->since_ns = before;
		spin->ready = spin->productive = spin->fruitless = 0;
	}
	if (spins) {
		spin->ready += (__u32)(counts->ready - spin->counts.ready);
		spin->productive += (__u32)(counts->productive - spin->counts.productive);
		spin->fruitless += (__u32)(counts->fruitless - spin->counts.fruitless);
	}
	spin->counts = *counts;
	spin->compared_ns = now;
}

/* A scan asks twice of some threads: the first time counts, see spin_interval_ns. */
static __noinline bool spins(struct task_struct *task, struct thread *thread, __u64 now)
{
	struct wedged_call_counts counts;

	if (!track_calls || !thread || !suspect_spin_ns || task->exit_state || (task->flags & PF_KTHREAD))
		return false;
	if (now >= thread->spin.compared_ns + spin_interval_ns) {
		if (counts_of(&counts, task, thread))
			compare_counts(&counts, &thread->spin, now);
		else
			thread->spin.missed_ns = now;
	}
	return thread->spin.since_ns && age_at(now, thread->spin.since_ns) >= suspect_spin_ns;
}

#endif
