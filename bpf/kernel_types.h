/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel types we touch, and of them only the members we touch. CO-RE finds the real offsets when the programs are
 * loaded, so nothing here needs the build host's kernel, and order and gaps mean nothing.
 * A suffix behind three underscores makes another flavour of the same type (an older or newer layout).
 */
#ifndef WEDGED_KERNEL_TYPES_H
#define WEDGED_KERNEL_TYPES_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_F_MMAPABLE = 1024,
	BPF_F_NO_PREALLOC = 1,
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1,
};

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, sp;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp, pc, pstate;
};
struct pt_regs {
	__u64 regs[31];
	__u64 sp, pc, pstate;
	__s32 syscallno;
	__u64 orig_x0;
};
#endif

struct kernel_siginfo;
struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
};

struct list_head {
	struct list_head *next, *prev;
};

typedef struct {
	unsigned long sig[1];
} sigset_t;
struct sigpending {
	sigset_t signal;
};
typedef struct {
	int counter;
} atomic_t;
struct sigaction {
	void *sa_handler;
};
struct k_sigaction {
	struct sigaction sa;
};
struct ns_common {
	unsigned int inum;
};
struct pid_namespace {
	struct ns_common ns;
};
struct upid {
	int nr;
	struct pid_namespace *ns;
};
struct pid {
	unsigned int level;
	struct upid numbers[1];
};
struct core_state;
struct task_struct;
struct rlimit {
	unsigned long rlim_cur;
};
struct signal_struct {
	struct rlimit rlim[16];
	atomic_t live;
	int nr_threads;
	int group_exit_code;
	unsigned int flags;
	struct core_state *core_state;
	struct task_struct *group_exec_task; /* group_exit_task until v5.16 */
};
struct signal_struct___old {
	struct task_struct *group_exit_task;
};
struct mm_struct___core {
	struct core_state *core_state;
};

struct sched_info {
	unsigned long long last_arrival;
	unsigned long long last_queued;
};
struct sched_entity {
	__u64 sum_exec_runtime;
	__u64 prev_sum_exec_runtime;
	struct cfs_rq *cfs_rq;
};
struct thread_info {
	__u32 cpu;
};
struct cfs_rq {
	int throttle_count;
};
#if defined(__TARGET_ARCH_x86)
struct thread_struct {
	unsigned long sp;
};
#elif defined(__TARGET_ARCH_arm64)
struct cpu_context {
	unsigned long sp;
};
struct thread_struct {
	struct cpu_context cpu_context;
};
#else /* for programs that look at no stack */
struct thread_struct {
};
#endif

/* Locks that sleep. Their waiters begin alike: struct list_head, struct task_struct *. */
typedef struct {
	__s64 counter;
} atomic_long_t;
struct mutex {
	atomic_long_t owner;
	struct list_head wait_list;
};
struct rw_semaphore {
	atomic_long_t count;
	atomic_long_t owner;
	struct list_head wait_list;
};
struct rt_mutex_base {
	struct task_struct *owner;
};
struct rt_mutex_waiter {
	struct rt_mutex_base *lock;
};
struct completion;

typedef struct {
	unsigned int val;
} kuid_t;
struct cred {
	kuid_t uid;
};

struct kernfs_node {
	struct kernfs_node *parent; /* until v6.14 */
	const char *name;
	__u64 id;
};
struct kernfs_node___rcu { /* 633488947ef6 ("kernfs: Use RCU to access kernfs_node::parent"), v6.15 */
	struct kernfs_node *__parent;
};
struct cgroup {
	struct kernfs_node *kn;
	int level;
	struct cgroup *ancestors[1]; /* 7f203bc89eb6, v6.1 */
};
struct cgroup___ids {
	__u64 ancestor_ids[1]; /* until v6.0 */
};
struct css_set {
	struct cgroup *dfl_cgrp;
};

struct qstr {
	const unsigned char *name;
};
struct inode;
struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};
struct block_device;
struct sb_writers {
	int frozen; /* unsigned short since v6.12: read with bpf_core_field_size in mind */
};
struct file_system_type {
	const char *name;
};
struct super_block {
	__u32 s_dev;
	struct file_system_type *s_type;
	struct sb_writers s_writers;
	void *s_fs_info;
};
struct inode {
	__u16 i_mode;
	__u32 i_rdev;
	struct super_block *i_sb;
	unsigned long i_ino;
};
struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
};
struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	const char *mnt_devname;
};
struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};
struct file {
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};
struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};
struct files_struct {
	struct fdtable *fdt;
};
struct mm_struct {
	struct file *exe_file;
};
struct vm_area_struct {
	struct mm_struct *vm_mm;
	struct file *vm_file;
};
struct filename {
	const char *name;
};
struct nameidata {
	struct path path;
	struct filename *name;
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state; /* 2f064a59a11f ("sched: Change task_struct::state"), v5.14 */
	unsigned int flags;
	int on_cpu;
	int exit_state;
	int exit_code;
	int pid;
	int tgid;
	__u64 utime;
	__u64 stime;
	unsigned long nvcsw;
	unsigned long nivcsw;
	__u64 start_boottime;
	char comm[16];
	struct task_struct *group_leader;
	struct task_struct *real_parent;
	struct pid *thread_pid;
	struct mm_struct *mm;
	struct files_struct *files;
	struct signal_struct *signal;
	struct sigpending pending;
	struct sched_info sched_info;
	struct sched_entity se;
	const struct cred *real_cred;
	struct css_set *cgroups;
	void *stack;
	struct thread_struct thread;
	unsigned int policy;
	unsigned int rt_priority;
	unsigned int ptrace;
	struct task_struct *parent;
	struct list_head children;
	struct list_head sibling;
	struct completion *vfork_done;
	struct nameidata *nameidata;
	struct rt_mutex_waiter *pi_blocked_on;
	unsigned long blocker; /* CONFIG_DETECT_HUNG_TASK_BLOCKER, v6.16 */
	unsigned long jobctl;
	unsigned frozen : 1; /* counted as frozen by its cgroup, v5.2 */
	bool throttled;	     /* v6.18, before it cfs_rq->throttle_count */
};
struct task_struct___old { /* before v5.14 and, for `cpu`, before v5.16 */
	volatile long state;
	unsigned int cpu;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};
struct bpf_iter_task { /* on our stack */
	__u64 opaque[3];
} __attribute__((aligned(8)));
struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

#pragma clang attribute pop

/* Functions of the kernel. Weak: where they are missing, the programs that call them are not loaded. */
#define BPF_TASK_ITER_ALL_THREADS 1
#define WEAK_KSYM __attribute__((weak, section(".ksyms")))
/*
 * The object for kernels without them must not name them: to find out that there are none, even weak ones, libbpf 1.1
 * lists the BTF of modules, which needs CAP_SYS_ADMIN. The program that uses them is never loaded from that object.
 */
#ifdef WEDGED_WITHOUT_TASK_ITERATOR
#define bpf_iter_task_new(iterator, task, flags) ((void)(iterator))
#define bpf_iter_task_next(iterator) ((struct task_struct *)NULL)
#define bpf_iter_task_destroy(iterator) ((void)(iterator))
#define bpf_task_from_pid(pid) ((void)(pid), (struct task_struct *)NULL)
#define bpf_task_release(task) ((void)(task))
#else
extern int bpf_iter_task_new(struct bpf_iter_task *iterator, struct task_struct *task, unsigned int flags) WEAK_KSYM;
extern struct task_struct *bpf_iter_task_next(struct bpf_iter_task *iterator) WEAK_KSYM;
extern void bpf_iter_task_destroy(struct bpf_iter_task *iterator) WEAK_KSYM;
extern struct task_struct *bpf_task_from_pid(int pid) WEAK_KSYM;
extern void bpf_task_release(struct task_struct *task) WEAK_KSYM;
#endif

#endif
