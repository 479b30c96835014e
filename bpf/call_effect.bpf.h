/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a call was good for, counted when it returns: part of the hot path. Which call has which effect is a table that
 * userspace fills in (userspace/kernel/call_effects.h); this knows only how to tell by the result.
 */
#ifndef WEDGED_CALL_EFFECT_H
#define WEDGED_CALL_EFFECT_H

#include "compat.bpf.h"

extern const volatile __u8 call_effects[WEDGED_CALLS];

#define GREATEST_ERRNO 4095
#define FIRST_OF_THE_KERNEL_ALONE 512 /* ERESTARTSYS and the like: a signal came, the call is made again */
#define EAGAIN 11

/* include/uapi/linux/futex.h */
#define FUTEX_COMMAND 0x7f
#define FUTEX_WAKE 1
#define FUTEX_REQUEUE 3
#define FUTEX_CMP_REQUEUE 4
#define FUTEX_WAKE_OP 5
#define FUTEX_UNLOCK_PI 7
#define FUTEX_WAKE_BITSET 10
#define FUTEX_CMP_REQUEUE_PI 12

/* include/uapi/asm-generic/ioctls.h, sockios.h */
#define FIONREAD 0x541b
#define TIOCOUTQ 0x5411
#define SIOCATMARK 0x8905

/* The compiler knows that the index is in bounds and drops the mask that the verifier wants to see. */
static __always_inline __u8 effect_of(__u32 index)
{
	barrier_var(index);
	return call_effects[index & (WEDGED_CALLS - 1)];
}

static __always_inline bool wakes(__u64 operation)
{
	switch (operation & FUTEX_COMMAND) {
	case FUTEX_WAKE:
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
	case FUTEX_WAKE_OP:
	case FUTEX_UNLOCK_PI:
	case FUTEX_WAKE_BITSET:
	case FUTEX_CMP_REQUEUE_PI:
		return true;
	}
	return false;
}

static __always_inline bool merely_asks(__u64 request)
{
	return request == FIONREAD || request == TIOCOUTQ || request == SIOCATMARK;
}

/* `second` is the call's second argument, which some calls' effect depends on. */
static __always_inline bool is_productive(__u8 effect, long returned, __u64 second)
{
	if (returned < 0 && returned >= -GREATEST_ERRNO)
		return false;
	switch (effect) {
	case WEDGED_EFFECT_MOVES:
		return returned > 0;
	case WEDGED_EFFECT_FUTEX:
		return wakes(second);
	case WEDGED_EFFECT_IOCTL:
		return !merely_asks(second);
	case WEDGED_EFFECT_NONE:
	case WEDGED_EFFECT_WAITS:
		return false;
	}
	return true;
}

/* Who has most of the votes is found in one pass by pairing off different ones (Boyer and Moore, MJRTY, 1981). */
static __always_inline void note_fruitless(struct wedged_call_counts *counts, __u32 failing, __u32 descriptor)
{
	counts->fruitless += 1;
	if (counts->failing == failing && counts->failing_descriptor == descriptor) {
		if (counts->failing_votes < WEDGED_MOST_VOTES)
			counts->failing_votes += 1;
	} else if (counts->failing_votes) {
		counts->failing_votes -= 1;
	} else {
		counts->failing = failing;
		counts->failing_descriptor = descriptor;
		counts->failing_votes = 1;
	}
}

/* `foreign`: the registers are to be read as memory of the kernel's. Arguments are read only where they matter. */
static __always_inline void count_effect(struct wedged_call_counts *counts, __u8 effect, __s32 number, long returned,
					 const struct pt_regs *regs, bool foreign)
{
	__u64 second = 0;

	if (effect == WEDGED_EFFECT_NONE)
		return;
	if (effect == WEDGED_EFFECT_WAITS) {
		if (returned > 0)
			counts->ready += 1;
		return;
	}
	if (effect == WEDGED_EFFECT_FUTEX || effect == WEDGED_EFFECT_IOCTL)
		second = foreign ? BPF_CORE_READ(regs, SECOND_ARGUMENT) : regs->SECOND_ARGUMENT;
	if (is_productive(effect, returned, second)) {
		counts->productive += 1;
		return;
	}
	if ((effect != WEDGED_EFFECT_MOVES && effect != WEDGED_EFFECT_ACCEPTS) ||
	    returned <= -FIRST_OF_THE_KERNEL_ALONE)
		return;
	note_fruitless(counts, (__u32)number << 16 | (__u32)-returned,
		       (__u32)(foreign ? BPF_CORE_READ(regs, FIRST_ARGUMENT) : regs->FIRST_ARGUMENT));
}

#endif
