// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A closer look at the few processes with a loop that seems to spin: what its waits return over and over, and whether
 * anybody does something about it. Attached only while there are such loops: it costs every call of the host something.
 * `scan_registrations` then says which descriptors of the process these are. Nothing but memory is read.
 */
#include "call_effect.bpf.h"
#include "descriptor.bpf.h"
#include "epoll_types.h"
#include "path.bpf.h"

/* Looked at of one wait; the ready list of epoll turns, so that in the end all are. */
#define EVENTS_LOOKED_AT 16
#define POLLFDS_LOOKED_AT 64
#define SET_WORDS 16 /* of select: FD_SETSIZE bits */
#define WORD_BITS 64
#define REGISTRATIONS_LOOKED_AT 8 /* of one file: instances of epoll that it is registered with */

#if defined(__TARGET_ARCH_x86)
#define NR_POLL 7
#define NR_SELECT 23
#define NR_SENDFILE 40
#define NR_EPOLL_WAIT 232
#define NR_EPOLL_CTL 233
#define NR_PSELECT6 270
#define NR_PPOLL 271
#define NR_SPLICE 275
#define NR_EPOLL_PWAIT 281
#elif defined(__TARGET_ARCH_arm64)
#define NR_POLL (-2) /* there is none */
#define NR_SELECT (-2)
#define NR_EPOLL_WAIT (-2)
#define NR_EPOLL_CTL 21
#define NR_EPOLL_PWAIT 22
#define NR_SENDFILE 71
#define NR_PSELECT6 72
#define NR_PPOLL 73
#define NR_SPLICE 76
#endif
#define NR_EPOLL_PWAIT2 441

#define POLL_IN 0x001
#define POLL_PRI 0x002
#define POLL_OUT 0x004

extern const volatile __u8 first_argument_is_descriptor[WEDGED_CALLS];

struct { /* tgid -> start of its leader */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WEDGED_LOOP_PROCESSES);
	__type(key, __u32);
	__type(value, __u64);
} loop_processes SEC(".maps");

struct { /* by thread id */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WEDGED_LOOP_SAMPLES);
	__type(key, __u32);
	__type(value, struct wedged_loop_sample);
} loop_samples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WEDGED_LOOP_RETURNS);
	__type(key, struct wedged_loop_return_key);
	__type(value, struct wedged_loop_return);
} loop_returns SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WEDGED_LOOP_USES);
	__type(key, struct wedged_loop_use_key);
	__type(value, __u64);
} loop_uses SEC(".maps");

struct { /* by address of the instance */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WEDGED_LOOP_SAMPLES);
	__type(key, __u64);
	__type(value, struct wedged_loop_epoll);
} loop_epolls SEC(".maps");

/* Set here when a map was full, cleared by userspace. */
__u32 loop_uses_missed = 0;
__u32 loop_returns_missed = 0;

static __always_inline void count_return(__u32 tgid, __u64 epoll, __u64 data, __u32 asked, __u32 reported)
{
	struct wedged_loop_return_key key = {.epoll = epoll, .data = data, .tgid = tgid};
	struct wedged_loop_return fresh = {};
	struct wedged_loop_return *known = bpf_map_lookup_elem(&loop_returns, &key);

	if (!known) {
		bpf_map_update_elem(&loop_returns, &key, &fresh, BPF_NOEXIST);
		known = bpf_map_lookup_elem(&loop_returns, &key);
	}
	if (!known) {
		loop_returns_missed = 1;
		return;
	}
	__sync_fetch_and_add(&known->count, 1);
	known->asked = asked;
	known->reported |= reported;
}

static __always_inline void count_use(__u32 tgid, __u32 descriptor)
{
	struct wedged_loop_use_key key = {.tgid = tgid, .descriptor = descriptor};
	__u64 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&loop_uses, &key);

	if (!count) {
		bpf_map_update_elem(&loop_uses, &key, &zero, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&loop_uses, &key);
	}
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		loop_uses_missed = 1;
}

/* Not static and without pointers that the verifier follows: it goes through each of these once, not for each round. */
int note_event(__u32 tgid, __u64 epoll, __u64 address)
{
	struct user_epoll_event event;

	if (bpf_probe_read_user(&event, sizeof(event), (void *)address))
		return 0;
	count_return(tgid, epoll, event.data, 0, event.events);
	return 0;
}

static __noinline __u64 note_epoll(__u32 tgid, const __u64 *arguments, long returned)
{
	struct file *file = file_of(bpf_get_current_task_btf(), arguments[0]);
	__u64 epoll = file ? (__u64)BPF_CORE_READ(file, private_data) : 0;
	struct wedged_loop_epoll fresh = {.tgid = tgid};
	int i;

	if (!epoll)
		return 0;
	bpf_map_update_elem(&loop_epolls, &epoll, &fresh, BPF_NOEXIST);
	for (i = 0; i < EVENTS_LOOKED_AT && i < returned; i++)
		note_event(tgid, epoll, arguments[1] + i * sizeof(struct user_epoll_event));
	return epoll;
}

/*
 * What a round of bpf_loop() needs to know: with that the verifier goes through it once, not once for each round.
 * Before v5.17 this program is left out: v6.1 refuses it with a way to go without the helper (see FOR_ROUNDS()) in it.
 */
struct ready_list {
	__u64 address;
	__u32 tgid;
	__u32 event;
};

static int note_pollfd(__u32 index, void *context)
{
	const struct ready_list *list = context;
	struct user_pollfd polled;

	if (!bpf_probe_read_user(&polled, sizeof(polled), (void *)(list->address + index * sizeof(polled))) &&
	    polled.revents)
		count_return(list->tgid, 0, (__u32)polled.fd, (__u16)polled.events, (__u16)polled.revents);
	return 0;
}

static __always_inline void note_poll(__u32 tgid, __u64 polled, __u64 count)
{
	struct ready_list list = {.address = polled, .tgid = tgid};

	bpf_loop(count < POLLFDS_LOOKED_AT ? count : POLLFDS_LOOKED_AT, note_pollfd, &list, 0);
}

/* How many bits are below it, counted without a branch, or the verifier would follow those of each bit. */
static __always_inline __u32 lowest_bit_of(__u64 word)
{
	__u64 below = (word & -word) - 1;

	below -= (below >> 1) & 0x5555555555555555ull;
	below = (below & 0x3333333333333333ull) + ((below >> 2) & 0x3333333333333333ull);
	below = (below + (below >> 4)) & 0x0f0f0f0f0f0f0f0full;
	return (below * 0x0101010101010101ull) >> 56;
}

static int note_word(__u32 index, void *context)
{
	const struct ready_list *list = context;
	__u64 word;

	if (!bpf_probe_read_user(&word, sizeof(word), (void *)(list->address + index * sizeof(word))) && word)
		count_return(list->tgid, 0, index * WORD_BITS + lowest_bit_of(word), list->event, list->event);
	return 0;
}

/* After the call only the ready ones are left in the set. Of each word the first is looked at. */
static __noinline void note_set(__u32 tgid, __u64 set, __u64 descriptors, __u32 event)
{
	struct ready_list list = {.address = set, .tgid = tgid, .event = event};
	__u64 words = (descriptors + WORD_BITS - 1) / WORD_BITS;

	if (set)
		bpf_loop(words < SET_WORDS ? words : SET_WORDS, note_word, &list, 0);
}

static __always_inline __u64 note_ready(__u32 tgid, __s32 number, const __u64 *arguments, long returned)
{
	switch (number) {
	case NR_EPOLL_PWAIT:
	case NR_EPOLL_PWAIT2:
#if defined(__TARGET_ARCH_x86)
	case NR_EPOLL_WAIT:
#endif
		return note_epoll(tgid, arguments, returned);
	case NR_PPOLL:
#if defined(__TARGET_ARCH_x86)
	case NR_POLL:
#endif
		note_poll(tgid, arguments[0], arguments[1]);
		return 0;
	case NR_PSELECT6:
#if defined(__TARGET_ARCH_x86)
	case NR_SELECT:
#endif
		note_set(tgid, arguments[1], arguments[0], POLL_IN);
		note_set(tgid, arguments[2], arguments[0], POLL_OUT);
		note_set(tgid, arguments[3], arguments[0], POLL_PRI);
		return 0;
	}
	return 0;
}

static __always_inline void note_use(__u32 tgid, __s32 number, __u32 index, const __u64 *arguments)
{
	barrier_var(index); /* as in effect_of() */
	if (number == NR_EPOLL_CTL)
		count_use(tgid, (__u32)arguments[2]);
	else if (first_argument_is_descriptor[index & (WEDGED_CALLS - 1)])
		count_use(tgid, (__u32)arguments[0]);
	if (number == NR_SENDFILE)
		count_use(tgid, (__u32)arguments[1]);
	if (number == NR_SPLICE)
		count_use(tgid, (__u32)arguments[2]);
}

/* The registers are those of the call's return; the stack is copied, as it does not stand still afterwards. */
static __noinline void take_sample(struct wedged_loop_sample *sample, struct pt_regs *regs)
{
	void *stack = (void *)stack_pointer_of(regs);

	copy_registers(sample->registers, regs);
	if (!bpf_probe_read_user(sample->stack, WEDGED_STACK_COPY, stack))
		sample->stack_bytes = WEDGED_STACK_COPY;
	else if (!bpf_probe_read_user(sample->stack, WEDGED_STACK_COPY / 4, stack))
		sample->stack_bytes = WEDGED_STACK_COPY / 4;
	else if (!bpf_probe_read_user(sample->stack, WEDGED_STACK_COPY / 16, stack))
		sample->stack_bytes = WEDGED_STACK_COPY / 16;
	sample->taken = 1;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(watch_loops, struct pt_regs *regs, long returned)
{
	__u64 both = bpf_get_current_pid_tgid();
	__u32 tgid = both >> 32, tid = (__u32)both, index;
	struct wedged_loop_sample *sample;
	__u64 arguments[WEDGED_ARGUMENTS], epoll;
	__s32 number;
	__u8 effect;

	if (!bpf_map_lookup_elem(&loop_processes, &tgid) || regs_are_compat(regs))
		return 0;
	number = call_number_of(regs);
	index = (__u32)number < WEDGED_CALL_OTHER ? (__u32)number : WEDGED_CALL_OTHER;
	effect = effect_of(index);
	copy_arguments(arguments, regs);
	if (is_productive(effect, returned, arguments[1])) {
		note_use(tgid, number, index, arguments);
		return 0;
	}
	if (effect == WEDGED_EFFECT_WAITS ? returned <= 0
					  : effect != WEDGED_EFFECT_MOVES && effect != WEDGED_EFFECT_ACCEPTS)
		return 0;
	epoll = effect == WEDGED_EFFECT_WAITS ? note_ready(tgid, number, arguments, returned) : 0;
	sample = bpf_map_lookup_elem(&loop_samples, &tid);
	if (!sample)
		return 0;
	if (effect == WEDGED_EFFECT_WAITS) {
		sample->epoll = epoll;
		sample->wait_call = number;
	}
	if (!sample->taken)
		take_sample(sample, regs);
	return 0;
}

static __noinline void emit_registration(struct bpf_iter__task_file *context, const struct wedged_loop_return_key *key,
					 __u32 asked)
{
	struct wedged_registration_record record = {};
	struct task_struct *task = context->task;
	struct file *file = context->file;
	struct wedged_detail_record *details;
	__u32 zero = 0;

	details = bpf_map_lookup_elem(&detail_scratch, &zero);
	if (!details || !task || !file)
		return;
	record.header.kind = WEDGED_RECORD_REGISTRATION;
	record.header.version = WEDGED_ABI_VERSION;
	record.header.size = sizeof(record) + sizeof(details->files[0]);
	record.key = *key;
	record.tgid = (__u32)task->tgid;
	record.descriptor = context->fd;
	record.start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	record.asked = asked;
	BPF_CORE_READ_STR_INTO(&record.comm, task, group_leader, comm);
	clear_file(&details->files[WEDGED_FILE_DESCRIPTOR]);
	read_file(WEDGED_FILE_DESCRIPTOR, (__u64)BPF_CORE_READ(file, f_path.dentry),
		  (__u64)BPF_CORE_READ(file, f_path.mnt));
	/* Without room for both: see emit() in task_scan.bpf.c. */
	bpf_seq_write(context->meta->seq, &record, sizeof(record));
	bpf_seq_write(context->meta->seq, &details->files[WEDGED_FILE_DESCRIPTOR], sizeof(details->files[0]));
}

/* All instances of epoll that the file is registered with. */
static __always_inline void look_at_registrations(struct bpf_iter__task_file *context, struct hlist_head *head,
						  __u32 tgid)
{
	struct hlist_node *node = BPF_CORE_READ(head, first);
	struct wedged_loop_return_key key;
	struct wedged_loop_epoll *epoll;
	struct epitem *item;
	int i;

	for (i = 0; i < REGISTRATIONS_LOOKED_AT && node; i++) {
		item = (struct epitem *)((char *)node - bpf_core_field_offset(struct epitem, fllink));
		key.epoll = (__u64)BPF_CORE_READ(item, ep);
		node = BPF_CORE_READ(node, next);
		epoll = bpf_map_lookup_elem(&loop_epolls, &key.epoll);
		if (!epoll)
			continue;
		if (epoll->tgid == tgid) {
			epoll->registered += 1;
			epoll->ready +=
			    BPF_CORE_READ(item, rdllink.next) !=
			    (struct list_head *)((char *)item + bpf_core_field_offset(struct epitem, rdllink));
		}
		key.data = BPF_CORE_READ(item, event.data);
		key.tgid = epoll->tgid;
		key.padding = 0;
		if (bpf_map_lookup_elem(&loop_returns, &key))
			emit_registration(context, &key, BPF_CORE_READ(item, event.events));
	}
}

SEC("iter/task_file")
int scan_registrations(struct bpf_iter__task_file *context)
{
	struct task_struct *task = context->task;
	struct wedged_loop_return_key key = {};
	struct file *file = context->file;
	struct wedged_loop_epoll *epoll;
	struct hlist_head *head;
	__u64 address;
	__u32 tgid;

	if (!task || !file)
		return 0;
	tgid = (__u32)task->tgid;
	head = BPF_CORE_READ((struct file___epoll *)file, f_ep);
	if (head)
		look_at_registrations(context, head, tgid);
	if (!bpf_map_lookup_elem(&loop_processes, &tgid))
		return 0;
	address = (__u64)BPF_CORE_READ(file, private_data);
	epoll = bpf_map_lookup_elem(&loop_epolls, &address);
	if (epoll && epoll->tgid == tgid)
		epoll->descriptor = context->fd;
	key.data = context->fd;
	key.tgid = tgid;
	if (bpf_map_lookup_elem(&loop_returns, &key))
		emit_registration(context, &key, 0);
	return 0;
}
