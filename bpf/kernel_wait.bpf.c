// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Looks through a task's stack for its entry in a lock's list of waiters: see kernel_wait.bpf.h. */
#include "kernel_wait.bpf.h"

#define ENTRY_SEARCHED 256   /* words from where the stack ends now */
#define FUNCTION_SEARCHED 32 /* words below the entry */
#define KERNEL_TEXT 0xffffffff80000000ull
#define MODULES 0xffffffffc0000000ull
#define LOCK_SIZE 128ull
#define LIST_STEPS 1024

struct stack_search_array stack_searches SEC(".maps");

struct list_entry { /* what all waiters begin with */
	__u64 next, prev;
	__u64 task;
};

static __always_inline bool is_linked(__u64 entry, __u64 next, __u64 prev)
{
	__u64 back = 0, forth = 0;

	if (!next || !prev || next == entry)
		return false;
	bpf_probe_read_kernel(&back, sizeof(back), (void *)(next + sizeof(__u64)));
	bpf_probe_read_kernel(&forth, sizeof(forth), (void *)prev);
	return back == entry && forth == entry;
}

static __always_inline struct stack_search *present_search(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&stack_searches, &zero);
}

/* The first word is never one. */
int find_entry(__u32 unused)
{
	struct stack_search *search = present_search();
	__u32 i;

	if (!search)
		return 0;
	for (i = 1; i < ENTRY_SEARCHED && i + 2 < search->count; i++) {
		if (search->words[i + 2] != search->task)
			continue;
		if (is_linked(search->from + i * sizeof(__u64), search->words[i], search->words[i + 1])) {
			search->entry = i;
			return 0;
		}
	}
	return 0;
}

/*
 * The functions whose return addresses stand next below the entry: one of the nearest leads back into the function that
 * the entry belongs to; others may be left over from earlier calls. Only where kernel
 * text can be told from stacks and heap by address alone (x86_64, Documentation/arch/x86/x86_64/mm.rst). Pointers to
 * the lock lie there too, and the lock may be a variable next to the text.
 */
int name_functions(__u32 unused)
{
#if defined(__TARGET_ARCH_x86)
	struct stack_search *search = present_search();
	__u32 step, named = 0;

	if (!search)
		return 0;
	for (step = 1; step < FUNCTION_SEARCHED && step < search->entry && named < WEDGED_WAIT_FUNCTIONS; step++) {
		__u32 index = (search->entry - step) & (STACK_WORDS - 1);
		__u64 word = search->words[index];

		if (word < KERNEL_TEXT || word >= MODULES || word - search->waiters + LOCK_SIZE < 2 * LOCK_SIZE)
			continue;
		bpf_snprintf(search->functions[named & (WEDGED_WAIT_FUNCTIONS - 1)], WEDGED_SYMBOL_LENGTH, "%pB", &word,
			     sizeof(word));
		named += 1;
	}
#endif
	return 0;
}

/* All entries but the head of the list lie on the stack of the task that they name. */
static __always_inline bool is_waiter(__u64 address, struct list_entry *entry)
{
	struct task_struct *task;
	__u64 stack;

	if (bpf_probe_read_kernel(entry, sizeof(*entry), (void *)address))
		return false;
	task = (struct task_struct *)entry->task;
	stack = (__u64)BPF_CORE_READ(task, stack);
	return stack && address >= stack && address < stack + STACK_SIZE;
}

int find_head(__u32 unused)
{
	struct stack_search *search = present_search();
	struct list_entry entry = {};
	__u64 address;
	int step;

	if (!search || !search->entry)
		return 0;
	address = search->from + search->entry * sizeof(__u64);
	for (step = 0; step < LIST_STEPS; step++) {
		if (!is_waiter(address, &entry)) {
			search->waiters = address;
			return 0;
		}
		address = entry.prev;
	}
	return 0;
}
