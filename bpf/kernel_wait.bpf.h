/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which lock of the kernel a task in D state sleeps for, and whom the lock names as its owner. Without tracepoints: who
 * waits for a mutex, rw_semaphore or semaphore has put itself into the lock's list of waiters, with an entry on its own
 * stack. So waits that began before the monitor are found too, and locking costs nothing.
 * The entries of all three kinds begin alike (struct list_head, struct task_struct *): kernel/locking/mutex.h, rwsem.c,
 * semaphore.c. That the neighbours in the list point back at an entry makes it one. Judges nothing: userspace
 * tells the kind of the lock and makes sure that an owner exists.
 */
#ifndef WEDGED_KERNEL_WAIT_H
#define WEDGED_KERNEL_WAIT_H

#include "compat.bpf.h"

#define STACK_WORDS 512
#define STACK_BYTES (STACK_WORDS * sizeof(__u64))
#define STACK_SIZE (4 * 4096ul) /* THREAD_SIZE of x86_64, and of arm64 with pages of 4 KiB */

/* One task's stack and what is looked for in it. One reader at a time, userspace sees to that. */
struct stack_search {
	__u64 task;
	__u64 from;    /* address of the first word */
	__u32 count;   /* words that are there */
	__u32 known;   /* `waiters` is, from an earlier look at the same wait */
	__u64 waiters; /* head of the list that the task is in; 0: of none */
	__u32 entry;   /* index of its own entry among the words; 0: it has none */
	__u32 unused;
	char functions[WEDGED_WAIT_FUNCTIONS][WEDGED_SYMBOL_LENGTH];
	__u64 words[STACK_WORDS];
};
struct stack_search_array {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct stack_search);
};
extern struct stack_search_array stack_searches SEC(".maps");

/*
 * Fill `entry`, `functions` and `waiters` in. Not static, without arguments, and with what they find in memory: so the
 * verifier goes through each loop once, and not once for each state of its caller or each outcome of the loop before.
 */
int find_entry(__u32 unused);
int name_functions(__u32 unused);
int find_head(__u32 unused);

/* The innermost part of the stack of a task off its CPU. Null if it cannot be read. */
static __always_inline struct stack_search *copy_stack(struct task_struct *task)
{
	__u64 base = (__u64)BPF_CORE_READ(task, stack), from = saved_stack_pointer_of(task), room;
	__u32 zero = 0;
	struct stack_search *search = bpf_map_lookup_elem(&stack_searches, &zero);

	if (!search || from < base || from >= base + STACK_SIZE)
		return NULL;
	room = base + STACK_SIZE - from;
	if (room > STACK_BYTES)
		room = STACK_BYTES;
	if (bpf_probe_read_kernel(search->words, room, (void *)from))
		return NULL;
	search->task = (__u64)task;
	search->from = from;
	search->count = (__u32)(room / sizeof(__u64));
	search->known = 0;
	search->waiters = 0;
	search->entry = 0;
	__builtin_memset(search->functions, 0, sizeof(search->functions));
	return search;
}

#define OWNER_FLAGS 7ull
#define BLOCKER_KIND 3ull

static __always_inline void read_owner(struct wedged_lock_guess *guess, __u64 owner)
{
	struct task_struct *task = (struct task_struct *)owner;

	guess->owner = owner;
	if (!owner)
		return;
	guess->owner_tid = (__u32)BPF_CORE_READ(task, pid);
	guess->owner_tgid = (__u32)BPF_CORE_READ(task, tgid);
	guess->owner_start_boottime_ns = BPF_CORE_READ(task, start_boottime);
}

static __always_inline void guess_mutex(struct wedged_lock_guess *guess, __u64 address)
{
	__u64 owner = BPF_CORE_READ((struct mutex *)address, owner.counter);

	guess->lock = address;
	guess->flags = owner & OWNER_FLAGS;
	read_owner(guess, owner & ~OWNER_FLAGS);
}

static __always_inline void guess_rwsem(struct wedged_lock_guess *guess, __u64 address)
{
	__u64 owner = BPF_CORE_READ((struct rw_semaphore *)address, owner.counter);

	guess->lock = address;
	guess->flags = BPF_CORE_READ((struct rw_semaphore *)address, count.counter);
	read_owner(guess, owner & ~OWNER_FLAGS);
}

/* rt_mutexes need no search: 8161239a8bcc ("rtmutex: Simplify PI algorithm and make highest prio task get lock"). */
static __always_inline void guess_rt_mutex(struct wedged_lock_guess *guess, struct task_struct *task)
{
	struct rt_mutex_waiter *waiter;
	struct rt_mutex_base *lock;

	if (!bpf_core_field_exists(task->pi_blocked_on) || !bpf_core_field_exists(struct rt_mutex_base, owner))
		return;
	waiter = BPF_CORE_READ(task, pi_blocked_on);
	if (!waiter)
		return;
	lock = BPF_CORE_READ(waiter, lock);
	guess->lock = (__u64)lock;
	read_owner(guess, (__u64)BPF_CORE_READ(lock, owner) & ~1ull);
}

/* An entry stays in its list until the wait is over, so a head that was found is not looked for again. */
static __always_inline void search_stack(struct wedged_kernel_wait *wait, struct task_struct *task,
					 struct thread *thread)
{
	__u64 switches = task->nvcsw + task->nivcsw;
	struct stack_search *search = copy_stack(task);

	if (!search)
		return;
	if (thread && thread->lock_waiters && thread->lock_switches == switches) {
		search->known = 1;
		search->waiters = thread->lock_waiters;
	}
	find_entry(0);
	if (!search->known)
		find_head(0);
	name_functions(0);
	wait->waiters = search->waiters;
	__builtin_memcpy(wait->functions, search->functions, sizeof(wait->functions));
	if (thread) {
		thread->lock_waiters = search->waiters;
		thread->lock_switches = switches;
	}
}

/* The record must be zeroed. */
static __always_inline void sample_kernel_wait(struct wedged_kernel_wait *wait, struct task_struct *task,
					       struct thread *thread)
{
	if (task->on_cpu || task->exit_state || !(state_of(task) & TASK_UNINTERRUPTIBLE))
		return;
	guess_rt_mutex(&wait->rt_mutex, task);
	if (bpf_core_field_exists(task->blocker)) {
		wait->blocker = BPF_CORE_READ(task, blocker);
		wait->waiters = wait->blocker & ~BLOCKER_KIND;
		if (wait->waiters) {
			guess_mutex(&wait->mutex, wait->waiters);
			guess_rwsem(&wait->rwsem, wait->waiters);
		}
		return;
	}
	search_stack(wait, task, thread);
	if (!wait->waiters || !bpf_core_field_exists(struct mutex, wait_list))
		return;
	guess_mutex(&wait->mutex, wait->waiters - bpf_core_field_offset(struct mutex, wait_list));
	guess_rwsem(&wait->rwsem, wait->waiters - bpf_core_field_offset(struct rw_semaphore, wait_list));
}

#endif
