// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Every thread of the host in a few bytes: what it is in, how much it has called, where it belongs. For screens that
 * show who does what; the daemon, which looks for suspects alone, does not load it. It judges nothing.
 */
#include "path.bpf.h"
#include "sample.bpf.h"

struct told_cgroups { /* id -> number of the census that told its path; those told longest ago make room */
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u32);
};
struct told_cgroups told_cgroups SEC(".maps");

/* Too large for the stack; one reader at a time, userspace sees to that. */
struct cgroup_array {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wedged_cgroup_record);
};
struct cgroup_array cgroup_scratch SEC(".maps");

__u32 census_number = 0;

/*
 * Of one on its CPU what was read is its own only if the slot still is. If not, it is on its way off, and the switch
 * has spilled it: fill_slot() clears off_cpu_since_ns. What is neither is unknown.
 */
static __always_inline struct tracked_call certain_call_of(struct task_struct *task, struct thread *thread)
{
	struct tracked_call unknown = {.number = WEDGED_NO_CALL}, call;
	bool on_cpu = task->on_cpu;
	struct wedged_call_slot *slot;

	call = tracked_call_of(task, thread);
	if (!track_calls || !thread || !on_cpu)
		return call;
	ordered_by_compiler();
	slot = slot_of_cpu(cpu_of(task));
	if (call.counted && slot && *(volatile __u32 *)&slot->tid == (__u32)task->pid)
		return call;
	if (!thread->off_cpu_since_ns)
		return unknown;
	call = call_in_storage(thread);
	call.known = true;
	return call;
}

/* Call and counts from one look: on its way off a CPU it is in neither place or the other from one to the next. */
static __always_inline void take_call(struct wedged_census_record *record, struct task_struct *task,
				      struct thread *thread)
{
	struct tracked_call call = certain_call_of(task, thread);
	struct pt_regs *regs;

	record->calls = call.sequence;
	record->errors = call.errors;
	record->finished_ns = call.finished_ns;
	if (call.counted)
		record->facts |= WEDGED_FACT_COUNTED;
	record->call_number = WEDGED_NO_CALL;
	if (task->exit_state) /* as in sample_call() */
		return;
	regs = task->on_cpu ? NULL : user_registers_of(task);
	if (regs)
		settle_call(&call, regs);
	record->call_number = call.number;
	record->call_entered_ns = call.entered_ns;
	record->facts |= facts_of_call(&call);
}

static __always_inline bool write_thread(struct seq_file *seq, struct task_struct *task, __u64 cgroup)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, NULL, 0);
	struct wedged_census_record record = {};

	record.header.kind = WEDGED_RECORD_CENSUS;
	record.header.version = WEDGED_ABI_VERSION;
	record.header.size = sizeof(record);
	record.tgid = (__u32)task->tgid;
	record.tid = (__u32)task->pid;
	record.start_boottime_ns = task->start_boottime;
	record.process_start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	record.cgroup = cgroup;
	record.off_cpu_since_ns = off_cpu_since(task, thread);
	record.state = state_of(task);
	record.exit_state = (__u32)task->exit_state;
	record.flags = task->flags;
	BPF_CORE_READ_STR_INTO(&record.comm, task, comm);
	BPF_CORE_READ_STR_INTO(&record.process_comm, task, group_leader, comm);
	take_call(&record, task, thread);
	return !bpf_seq_write(seq, &record, sizeof(record));
}

static __always_inline void write_cgroup(struct seq_file *seq, struct task_struct *task, __u64 id)
{
	__u32 zero = 0, number = census_number, *told = bpf_map_lookup_elem(&told_cgroups, &id);
	struct wedged_cgroup_record *record;

	if (told && number - *told < WEDGED_CGROUP_AGAIN)
		return;
	record = bpf_map_lookup_elem(&cgroup_scratch, &zero);
	if (!record)
		return;
	record->header.kind = WEDGED_RECORD_CGROUP;
	record->header.version = WEDGED_ABI_VERSION;
	record->header.size = sizeof(*record);
	record->id = id;
	record->path.used = record->path.complete = 0;
	pack_cgroup(&record->path, BPF_CORE_READ(task, cgroups, dfl_cgrp, kn));
	/* Without room the kernel takes back both records and comes again with the same task (bpf_seq_read). */
	if (!bpf_seq_write(seq, record, sizeof(*record)))
		bpf_map_update_elem(&told_cgroups, &id, &number, BPF_ANY);
}

SEC("iter/task")
int census_tasks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	__u64 cgroup;

	if (!task)
		return 0;
	if (context->meta->seq_num == 0)
		census_number += 1;
	if (task->exit_state || !in_scope(task))
		return 0;
	cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	if (write_thread(context->meta->seq, task, cgroup))
		write_cgroup(context->meta->seq, task, cgroup);
	return 0;
}
