/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps and settings that several programs share: declared here, defined in maps.bpf.c. */
#ifndef WEDGED_MAPS_H
#define WEDGED_MAPS_H

#include "abi.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* What a scan remembers of a thread's counts for the next one: see spins() in spin.bpf.h. */
struct spin {
	__u64 missed_ns;   /* a scan that could not read the counts: its thread was being switched */
	__u64 compared_ns; /* when `counts` were the thread's */
	struct wedged_call_counts counts;
	__u64 since_ns; /* 0: it does not spin; else the next three are counted since then */
	__u64 ready;
	__u64 productive;
	__u64 fruitless;
};

/* What we remember of a thread, in its task storage: cannot fill up, goes with the thread. */
struct thread {
	__u64 entered_ns; /* of the call it is in; 0 if it was in it before we looked */
	__u64 sequence;	  /* calls counted so far */
	__s32 number;	  /* of that call, WEDGED_NO_CALL outside calls */
	__u32 compat;
	struct wedged_call_counts counts;
	__u64 off_cpu_since_ns;
	__u64 runnable_since_ns;
	__u64 finished_ns; /* how long the finished ones of these calls took together */
	__u32 errors;	   /* of these calls; wraps around. With all above in what a switch touches */
	__u32 death_seen;  /* of a leader: a thread of its process died in the kernel */
	__u64 kill_seen_ns;
	__u32 forked_from_threads;
	__u32 kill_seen_exact; /* stamped by the signal, not by a scan */
	__u64 aside_switches;  /* the futex wait with this switch count was set aside ... */
	__u32 aside_epoch;     /* ... in this epoch, plus 1; 0: none was */
	__u32 fork_seen;
	__u64 long_since_ns; /* of a long wait in D state, with this switch count: see go_on() in suspect.bpf.h */
	__u64 long_switches;
	__u64 long_sleeps;   /* of these switches, the voluntary ones */
	__u64 long_slept_ns; /* since when it has been asleep in that wait; 0: not known */
	__u64 long_stack;    /* where its stack ends in that wait */
	__u64 fatal_delivered_ns;
	__u64 fatal_stack;     /* where its stack ended then ... */
	__u64 nested_stack;    /* ... and where in that handler another one began; 0: none did */
	__u32 fatal_signal;    /* its handler has not returned; 0: none */
	__u32 crash_seen;      /* of a leader: a thread of its process has crashed */
	__u64 frozen_since_ns; /* at the latest ... */
	__u64 frozen_seen_ns;  /* ... and so at the scan that saw it last */
	__u64 lock_waiters;    /* list of a lock's waiters that it was found in ... */
	__u64 lock_switches;   /* ... in the wait with this switch count */
	__u64 loop_since_ns; /* in one call, neither asleep nor in user mode: see loops_in_kernel() in suspect.bpf.h */
	__u64 loop_entered_ns;
	__u64 loop_sleeps;
	__u64 loop_user_time;
	struct spin spin;
};

struct thread_storage {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct thread);
};

struct slot_array { /* max_entries: CPUs, set before loading */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wedged_call_slot);
};

struct stats_array { /* index: cpu * WEDGED_CALLS + number; max_entries set before loading */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WEDGED_CALLS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct wedged_call_stats);
};

struct loss_array {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WEDGED_LOSSES);
	__type(key, __u32);
	__type(value, __u64);
};

struct event_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
};

struct wanted_hash { /* tid -> what userspace wants of it at the next second pass */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct wedged_wanted);
};

struct watched_hash { /* tgid -> start of its leader: processes of which every thread is emitted */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
};

struct detail_array { /* too large for the stack; one reader at a time, userspace sees to that */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wedged_detail_record);
};

struct scope_hash {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
};

extern struct thread_storage threads SEC(".maps");
extern struct slot_array call_slots SEC(".maps");
extern struct stats_array call_stats SEC(".maps");
extern struct loss_array losses SEC(".maps");
extern struct event_ring events SEC(".maps");
extern struct wanted_hash wanted SEC(".maps");
extern struct watched_hash watched SEC(".maps");
extern struct scope_hash scope_pids SEC(".maps");
extern struct detail_array detail_scratch SEC(".maps");

/* Fixed before loading: what is unset costs nothing, the verifier removes it. */
extern const volatile __u32 scope_by_pid;
extern const volatile __u32 scope_by_cgroup;
extern const volatile __u32 scope_cgroup_level;
extern const volatile __u32 track_calls;
extern const volatile __u32 has_loop_helper;

/* Set before each scan: a cgroup that is removed and made again, as at each start of a unit, has another id. */
extern __u64 scope_cgroup_id;

/* Keeps reads and writes on their side of it; x86 needs no more, other processors may still mix them up. */
#define ordered_by_compiler() asm volatile("" ::: "memory")

static __always_inline void count_loss(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&losses, &reason);

	if (count)
		*count += 1;
}

/*
 * The storage of a thread, made if it has none. A fork and a scan, or another user of BPF, may make the thread's first
 * storage at the same time: then one of them fails (EAGAIN or EEXIST, bpf_local_storage_update) and has to ask again.
 */
static __always_inline struct thread *make_thread(struct task_struct *task)
{
	struct thread fresh = {.number = WEDGED_NO_CALL};
	struct thread *thread = bpf_task_storage_get(&threads, task, &fresh, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!thread)
		thread = bpf_task_storage_get(&threads, task, &fresh, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!thread)
		count_loss(WEDGED_LOSS_STORAGE_CREATE);
	return thread;
}

static __always_inline struct wedged_call_slot *slot_of_cpu(__u32 cpu)
{
	return bpf_map_lookup_elem(&call_slots, &cpu);
}

#endif
