// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The second pass: for the tasks in `wanted` alone, a fresh sample with kernel stack, the file behind the descriptor in
 * the call's first argument, executable and cgroup. All of it comes from kernel memory.
 */
#include "descriptor.bpf.h"
#include "path.bpf.h"
#include "sample.bpf.h"

extern __u32 aside_epoch;

#define KERNEL_ADDRESSES 0xffff000000000000ull
#define CHILDREN_LOOKED_AT 256
#define RLIMIT_NOFILE 7 /* include/uapi/asm-generic/resource.h */

/* Set before loading from the table of calls: 1 where the first argument is a descriptor. */
const volatile __u8 first_argument_is_descriptor[WEDGED_CALLS] = {};

struct stack_addresses {
	__u64 frames[WEDGED_STACK_DEPTH];
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct stack_addresses);
} stack_scratch SEC(".maps");

/* The kernel names its own addresses, modules included, as it does in an oops. */
static __always_inline void read_stack(struct wedged_detail_record *record, struct task_struct *task)
{
	__u32 zero = 0;
	struct stack_addresses *addresses = bpf_map_lookup_elem(&stack_scratch, &zero);
	long bytes;
	__u32 i;

	if (!addresses)
		return;
	bytes = bpf_get_task_stack(task, addresses->frames, sizeof(addresses->frames), 0);
	if (bytes < 0) {
		if (!task->exit_state && !task->on_cpu) /* the dead have none, and of who runs none holds */
			count_loss(WEDGED_LOSS_STACK);
		return;
	}
	for (i = 0; i < WEDGED_STACK_DEPTH; i++) {
		if (i >= (__u64)bytes / sizeof(__u64) || !addresses->frames[i])
			break;
		bpf_snprintf(record->stack[i], WEDGED_SYMBOL_LENGTH, "%pB", &addresses->frames[i], sizeof(__u64));
		record->frames = i + 1;
	}
}

/* Not static, and without pointers that the verifier follows: so it goes through it once, not once for each file. */
int read_file(__u32 which, __u64 dentry_address, __u64 mount_address)
{
	struct dentry *dentry = (struct dentry *)dentry_address;
	struct vfsmount *vfsmount = (struct vfsmount *)mount_address;
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);
	struct super_block *super = BPF_CORE_READ(inode, i_sb);
	struct mount *mount = mount_of(vfsmount);
	__u32 zero = 0;
	struct wedged_detail_record *whole = bpf_map_lookup_elem(&detail_scratch, &zero);
	struct wedged_file_record *record;
	void *fs_info;

	if (!whole || which >= WEDGED_FILES)
		return 0;
	record = &whole->files[which];
	if (!inode || !super || !vfsmount)
		return 0;
	record->present = 1;
	record->mode = BPF_CORE_READ(inode, i_mode);
	record->inode = BPF_CORE_READ(inode, i_ino);
	record->node_device = BPF_CORE_READ(inode, i_rdev);
	record->device = BPF_CORE_READ(super, s_dev);
	record->frozen = BPF_CORE_READ(super, s_writers.frozen) & 0xffff; /* an int until v6.6, then a short */
	bpf_probe_read_kernel_str(record->fs_type, sizeof(record->fs_type), BPF_CORE_READ(super, s_type, name));
	bpf_probe_read_kernel_str(record->mount_source, sizeof(record->mount_source),
				  BPF_CORE_READ(mount, mnt_devname));
	/* struct fuse_mount begins with its fuse_conn; for other file systems the word means nothing to anybody. */
	fs_info = BPF_CORE_READ(super, s_fs_info);
	if (fs_info)
		bpf_probe_read_kernel(&record->connection, sizeof(record->connection), fs_info);
	pack_dentries(&record->path, dentry, BPF_CORE_READ(vfsmount, mnt_root));
	pack_mount_point(&record->mount_point, mount);
	return 0;
}

static __always_inline void read_open_file(__u32 which, struct file *file)
{
	if (file)
		read_file(which, (__u64)BPF_CORE_READ(file, f_path.dentry), (__u64)BPF_CORE_READ(file, f_path.mnt));
}

struct mapping_search {
	struct stack_search *stack;
	struct mm_struct *memory;
	struct file *file;
};

static int is_mapping(__u32 index, void *context)
{
	struct mapping_search *search = context;
	struct vm_area_struct *area;

	if (index >= STACK_WORDS || index >= search->stack->count)
		return 1;
	area = (struct vm_area_struct *)search->stack->words[index];
	if ((__u64)area < KERNEL_ADDRESSES || BPF_CORE_READ(area, vm_mm) != search->memory)
		return 0;
	search->file = BPF_CORE_READ(area, vm_file);
	return 1;
}

/*
 * The innermost mapping of the task's own memory that its kernel stack refers to: of a page fault it is the one the
 * fault is in (struct vm_fault and the arguments of the functions that handle it).
 */
static __always_inline void read_mapping(struct task_struct *task)
{
	struct mapping_search search = {.memory = BPF_CORE_READ(task, mm)};

	if (!search.memory || task->on_cpu || task->exit_state)
		return;
	search.stack = copy_stack(task);
	if (!search.stack)
		return;
	FOR_ROUNDS(STACK_WORDS, STACK_WORDS, is_mapping, &search);
	read_open_file(WEDGED_FILE_MAPPED, search.file);
}

/* In path lookup the task points to how far it has come: fs/namei.c set_nameidata(). */
static __always_inline void read_walk(struct wedged_detail_record *record, struct task_struct *task)
{
	struct nameidata *lookup = BPF_CORE_READ(task, nameidata);

	if (!lookup || task->on_cpu || task->exit_state)
		return;
	bpf_probe_read_kernel_str(record->walk_name, sizeof(record->walk_name), BPF_CORE_READ(lookup, name, name));
	read_file(WEDGED_FILE_WALK, (__u64)BPF_CORE_READ(lookup, path.dentry), (__u64)BPF_CORE_READ(lookup, path.mnt));
}

struct vfork_search {
	struct list_head *at;
	struct list_head *head;
	__u64 stack;
	__u32 child;
};

static int has_borrowed(__u32 index, void *context)
{
	struct vfork_search *search = context;
	struct list_head *at = search->at; /* not of the kernel's types, so not within BPF_CORE_READ() */
	struct task_struct *child;
	__u64 lent;

	if (!at || at == search->head)
		return 1;
	child = (struct task_struct *)((char *)at - bpf_core_field_offset(struct task_struct, sibling));
	lent = (__u64)BPF_CORE_READ(child, vfork_done);
	if (lent >= search->stack && lent < search->stack + STACK_SIZE) {
		search->child = (__u32)BPF_CORE_READ(child, pid);
		return 1;
	}
	search->at = BPF_CORE_READ(at, prev);
	return 0;
}

/*
 * Who waits for a child after vfork(2) has lent it a completion that lies on its own stack: kernel/fork.c,
 * kernel_clone(). It is its youngest child, the last of the list (copy_process()).
 */
static __always_inline void find_vfork_child(struct wedged_detail_record *record, struct task_struct *task)
{
	struct vfork_search search = {
	    .at = BPF_CORE_READ(task, children.prev),
	    .head = (struct list_head *)((char *)task + bpf_core_field_offset(struct task_struct, children)),
	    .stack = (__u64)BPF_CORE_READ(task, stack),
	};

	if (!(state_of(task) & TASK_UNINTERRUPTIBLE))
		return;
	FOR_ROUNDS(CHILDREN_LOOKED_AT, CHILDREN_LOOKED_AT, has_borrowed, &search);
	record->vfork_child = search.child;
}

static __always_inline void read_exe(struct wedged_packed_path *path, struct task_struct *task)
{
	struct file *exe = BPF_CORE_READ(task, mm, exe_file);
	struct vfsmount *vfsmount;

	if (!exe)
		return;
	vfsmount = BPF_CORE_READ(exe, f_path.mnt);
	pack_dentries(path, BPF_CORE_READ(exe, f_path.dentry), BPF_CORE_READ(vfsmount, mnt_root));
	if (path->complete) {
		path->complete = 0;
		pack_mount_point(path, mount_of(vfsmount));
	}
}

static __always_inline bool call_has_descriptor(const struct wedged_task_record *task)
{
	__u32 number = (__u32)task->call_number;

	if (task->facts & WEDGED_FACT_COMPAT)
		return false;
	return number < WEDGED_CALLS && first_argument_is_descriptor[number & (WEDGED_CALLS - 1)];
}

static __always_inline void read_registers(struct wedged_detail_record *record, struct task_struct *task)
{
	struct pt_regs *regs;

	record->has_registers = 0;
	if (task->on_cpu || task->exit_state)
		return;
	regs = user_registers_of(task);
	if (!regs || regs_are_compat(regs))
		return;
	copy_registers(record->registers, regs);
	record->has_registers = 1;
}

/* Only the very wait that was looked at: a thread that has moved since will be looked at again. */
static __always_inline void set_aside(struct task_struct *task, const struct wedged_wanted *want)
{
	struct thread *thread = bpf_task_storage_get(&threads, task, NULL, 0);

	if (!thread || task->nvcsw + task->nivcsw != want->switch_count)
		return;
	thread->aside_switches = want->switch_count;
	thread->aside_epoch = aside_epoch + 1;
}

SEC("iter/task")
int detail_tasks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct wedged_detail_record *record;
	__u32 tid, which, zero = 0;
	struct wedged_wanted *want;

	if (!task)
		return 0;
	tid = (__u32)task->pid;
	want = bpf_map_lookup_elem(&wanted, &tid);
	if (!want || (want->start_boottime_ns && want->start_boottime_ns != task->start_boottime))
		return 0;
	if (want->what == WEDGED_WANT_SET_ASIDE) {
		set_aside(task, want);
		return 0;
	}
	record = bpf_map_lookup_elem(&detail_scratch, &zero);
	if (!record)
		return 0;
	__builtin_memset(&record->task, 0, sizeof(record->task));
	record->header.kind = WEDGED_RECORD_DETAIL;
	record->header.version = WEDGED_ABI_VERSION;
	record->header.size = sizeof(*record);
	record->frames = 0;
	record->vfork_child = 0;
	record->descriptor_limit = BPF_CORE_READ(task, signal, rlim[RLIMIT_NOFILE].rlim_cur);
	record->walk_name[0] = 0;
	for (which = 0; which < WEDGED_FILES; which++)
		clear_file(&record->files[which]);
	record->exe.used = record->exe.complete = 0;
	record->cgroup.used = record->cgroup.complete = 0;
	sample_task(&record->task, task, bpf_task_storage_get(&threads, task, NULL, 0));
	read_stack(record, task);
	read_registers(record, task);
	if (call_has_descriptor(&record->task))
		read_open_file(WEDGED_FILE_DESCRIPTOR, file_of(task, record->task.arguments[0]));
	read_mapping(task);
	read_walk(record, task);
	find_vfork_child(record, task);
	read_exe(&record->exe, task);
	pack_cgroup(&record->cgroup, BPF_CORE_READ(task, cgroups, dfl_cgrp, kn));
	bpf_seq_write(context->meta->seq, record, sizeof(*record)); /* without room: see emit() in task_scan.bpf.c */
	return 0;
}
