/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What passes between the BPF programs and userspace: the only file that both sides include.
 * Fixed-width fields and explicit padding; every size is asserted. Times are CLOCK_MONOTONIC nanoseconds
 * (bpf_ktime_get_ns) unless the name says boottime; 0 in a time means unknown.
 */
#ifndef WEDGED_ABI_H
#define WEDGED_ABI_H

#ifdef __BPF__
#include "kernel_types.h"
#define WEDGED_STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#else
#include <linux/types.h>
#define WEDGED_STATIC_ASSERT(condition) static_assert(condition)
#endif

#define WEDGED_ABI_VERSION 4

/* Table of system calls: numbers below WEDGED_CALL_OTHER for themselves, two slots for all the rest. */
#define WEDGED_CALLS 512
#define WEDGED_CALL_OTHER 510
#define WEDGED_CALL_COMPAT 511
#define WEDGED_NO_CALL (-1)

#define WEDGED_COMM_LENGTH 16
#define WEDGED_STACK_DEPTH 32
#define WEDGED_SYMBOL_LENGTH 80
#define WEDGED_WAIT_FUNCTIONS 4
#define WEDGED_ARGUMENTS 6
/* Of the user, by DWARF number of the architecture; unused ones are 0. */
#define WEDGED_REGISTERS 33
/* Packed strings, see wedged_packed_path. A name is cut at WEDGED_NAME_LENGTH - 1 bytes. */
#define WEDGED_PATH_SPACE 1024
#define WEDGED_NAME_LENGTH 256

/* Bucket i: [2^(i+7), 2^(i+8)) ns; the first also takes everything below, the last everything above. */
#define WEDGED_LATENCY_BUCKETS 30
#define WEDGED_FIRST_BUCKET_SHIFT 8

/* In place of a number of candidates: the walk was too long, scan_tasks has to do it. */
#define WEDGED_WALK_GAVE_UP 0xffffffffu
/* Their records have room in the buffer of an iterator, which is 8 pages (bpf_seq_read). */
#define WEDGED_CANDIDATES_AT_ONCE 32

enum wedged_record_kind {
	WEDGED_RECORD_TASK = 1,
	WEDGED_RECORD_DETAIL = 2,
	WEDGED_RECORD_DEATH = 3,
	WEDGED_RECORD_FUSE_SERVER = 4,
	WEDGED_RECORD_CRASH = 5,
	WEDGED_RECORD_END = 6,
	WEDGED_RECORD_HOLDER = 7,
	WEDGED_RECORD_REGISTRATION = 8,
	WEDGED_RECORD_CENSUS = 9,
	WEDGED_RECORD_CGROUP = 10,
};

/* What a call does for its thread's work, by number: the table `call_effects`, set before loading. */
enum wedged_effect {
	WEDGED_EFFECT_ACTS,    /* something changes: productive if it succeeds */
	WEDGED_EFFECT_NONE,    /* it asks, waits, or arranges the thread's own affairs */
	WEDGED_EFFECT_WAITS,   /* for descriptors to be ready: they are if it returns more than 0 */
	WEDGED_EFFECT_MOVES,   /* bytes through a descriptor: productive if more than 0, else fruitless */
	WEDGED_EFFECT_ACCEPTS, /* a connection: productive if it succeeds, else fruitless */
	WEDGED_EFFECT_FUTEX,   /* productive if it wakes */
	WEDGED_EFFECT_IOCTL,   /* productive if it succeeds and is no mere question */
};

/* What userspace wants of a task, in the map `wanted`. */
enum wedged_want {
	WEDGED_WANT_DETAIL = 1,	   /* a detail record */
	WEDGED_WANT_SET_ASIDE = 2, /* nothing: its present futex wait was looked at and is nobody's fault */
};

/* Why something was not recorded. Counted in the map `losses`, one slot each. */
enum wedged_loss {
	WEDGED_LOSS_STORAGE_CREATE,  /* no memory for a thread's storage */
	WEDGED_LOSS_STORAGE_MISSING, /* a thread switched before it had storage */
	WEDGED_LOSS_RING_FULL,	     /* the ring buffer had no room for a record */
	WEDGED_LOSS_STACK,	     /* no kernel stack of a suspect */
	WEDGED_LOSS_MEMORY,	     /* kernel memory of a suspect could not be read */
	WEDGED_LOSSES,
};

struct wedged_record_header {
	__u16 kind;
	__u16 version;
	__u32 size; /* of the whole record */
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_record_header) == 8);

/* What a thread's calls were good for, see enum wedged_effect. Wraps around. */
struct wedged_call_counts {
	__u32 ready;
	__u32 productive;
	__u32 fruitless;
	/* The call that most of the fruitless ones are: number << 16 | errno, and its descriptor; more votes, surer. */
	__u32 failing;
	__u32 failing_descriptor;
	__u32 failing_votes;
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_call_counts) == 24);
#define WEDGED_MOST_VOTES 1024u

/*
 * The call that runs on one CPU now; spilled to the thread's storage when it is switched out. Two cache lines: the
 * second is written when a call returns, and no other CPU's slot lies in it.
 */
struct wedged_call_slot {
	__u64 entered_ns;
	__u64 sequence;
	__s32 number; /* WEDGED_NO_CALL outside calls */
	__u32 compat;
	__u32 tid;	 /* of the thread on this CPU; 0 until the first switch */
	__u32 errors;	 /* of that thread's calls; wraps around */
	__u64 registers; /* address of that thread's, as an identity only; 0 until its first call there */
	struct wedged_call_counts counts;
	__u64 finished_ns; /* how long the finished ones of that thread's calls took together */
	__u64 padding[7];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_call_slot) == 128);

/* Finished calls of one number on one CPU. */
struct wedged_call_stats {
	__u64 total_ns;
	__u64 errors;
	__u64 buckets[WEDGED_LATENCY_BUCKETS];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_call_stats) == 256);

/* Bits of wedged_task_record.facts. */
#define WEDGED_FACT_CALL_KNOWN 1u /* `call_number` is trustworthy, WEDGED_NO_CALL included */
#define WEDGED_FACT_REGISTERS 2u  /* user registers and arguments are there */
#define WEDGED_FACT_KILL_PENDING 4u
#define WEDGED_FACT_DUMPING_CORE 8u
#define WEDGED_FACT_COMPAT 16u		    /* the call was made through the 32-bit interface */
#define WEDGED_FACT_OFF_CPU_EXACT 32u	    /* `off_cpu_since_ns` was stamped at the switch, not reckoned */
#define WEDGED_FACT_FORKED_FROM_THREADS 64u /* forked from a process with several threads, no exec since */
#define WEDGED_FACT_KILL_EXACT 128u	    /* `kill_seen_ns` was stamped when the signal was sent */
#define WEDGED_FACT_MEMBER 256u		    /* no suspect itself: its process is watched */
#define WEDGED_FACT_FORK_SEEN 512u	    /* of a leader: FORKED_FROM_THREADS is known, not merely unset */
#define WEDGED_FACT_CRASH_SEEN 1024u	    /* of a leader: a crash record was sent for a thread of the process */
#define WEDGED_FACT_DEATH_SEEN 2048u	    /* of a leader: the same of a death record */
#define WEDGED_FACT_GROUP_EXITING 4096u	    /* the whole process was told to exit, or an exec ends its other threads */
#define WEDGED_FACT_CGROUP_FROZEN 8192u	    /* by cgroup.freeze */
#define WEDGED_FACT_THROTTLED 16384u	    /* its cgroup has used up its CPU quota */
#define WEDGED_FACT_COUNTED 32768u	    /* `counts` and those of a spin are there */
#define WEDGED_FACT_SHARES_MEMORY 65536u    /* its memory is its parent's: vfork, or clone with CLONE_VM */

/* What a lock's owner field says, and the task at that address: nobody has made sure yet that there still is one. */
struct wedged_lock_guess {
	__u64 lock;  /* 0: none */
	__u64 owner; /* address without flags, 0: none */
	__u64 flags; /* mutex: the owner's low bits; rwsem: its count */
	__u64 owner_start_boottime_ns;
	__u32 owner_tgid;
	__u32 owner_tid;
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_lock_guess) == 40);

/* The lock of the kernel that a task in D state may wait for: read as each kind it could be, `function` tells which it
 * is. */
struct wedged_kernel_wait {
	__u64 blocker; /* task->blocker as it is: address and kind */
	__u64 waiters; /* address of the lock or of its list of waiters, one and the same for all that wait; 0: none
			  found */
	struct wedged_lock_guess mutex, rwsem, rt_mutex;
	/* Among them who has put it there: "__mutex_lock.constprop.0+0x1/0x2". Unused ones are empty. */
	char functions[WEDGED_WAIT_FUNCTIONS][WEDGED_SYMBOL_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_kernel_wait) == 456);

struct wedged_task_record {
	struct wedged_record_header header;
	__u32 tgid;
	__u32 tid;
	__u64 start_boottime_ns;
	__u64 process_start_boottime_ns; /* of the thread group leader */
	__u64 observed_ns;
	__u64 switch_count;
	__u64 system_time_ns;
	__u64 user_time_ns;
	__u64 off_cpu_since_ns;
	__u64 runnable_since_ns;
	__u64
	    looping_since_ns; /* in one call, neither asleep nor in user mode since then at the latest; 0: it is not */
	__u64 address;	      /* of the task, as an identity only: owner fields of locks have it */
	__u64 kill_seen_ns;   /* since when SIGKILL is pending; without KILL_EXACT: when a scan first saw it */
	__u64 spinning_since_ns; /* see spins() in spin.bpf.h; 0: it does not */
	__u64 spin_ready;	 /* since then, as in wedged_call_counts */
	__u64 spin_productive;
	__u64 spin_fruitless;
	__u64 call_entered_ns;
	__u64 call_sequence;
	struct wedged_call_counts counts; /* since its storage was made */
	__u64 arguments[WEDGED_ARGUMENTS];
	__u64 instruction_pointer;
	__u64 stack_pointer;
	__s32 call_number;
	__u32 facts;
	__u32 state; /* task->__state */
	__u32 exit_state;
	__u32 flags; /* PF_* */
	__u32 uid;
	__u32 parent_tgid;
	__u32 on_cpu;
	__u32 namespace_tid;   /* in its own PID namespace */
	__u32 pid_namespace;   /* inode number of that */
	__u32 process_threads; /* those that have not exited, and a leader that has */
	__u32 cpu;
	__u32 cpu_occupant; /* of one that waits for that CPU: thread id of who runs there; 0: unknown or nobody */
	__u32 policy;	    /* SCHED_* */
	__u32 rt_priority;
	__u32 tracer_tgid; /* 0: none */
	struct wedged_kernel_wait kernel_wait;
	char comm[WEDGED_COMM_LENGTH];
	char process_comm[WEDGED_COMM_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_task_record) == 792);
WEDGED_STATIC_ASSERT(WEDGED_CANDIDATES_AT_ONCE * sizeof(struct wedged_task_record) <= 8 * 4096);

/*
 * Names of a path from the leaf towards the root, each NUL-terminated, one behind the other in `names`.
 * `used` bytes are taken. `complete` is 0 if names are missing at the root's end.
 */
struct wedged_packed_path {
	__u32 used;
	__u32 complete;
	char names[WEDGED_PATH_SPACE + WEDGED_NAME_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_packed_path) == 1288);

struct wedged_file_record {
	__u32 present;
	__u32 mode;	   /* S_IFMT and permission bits */
	__u32 device;	   /* of the file system: kernel encoding, major << 20 | minor */
	__u32 node_device; /* of a device node */
	__u64 inode;
	__u64 connection; /* FUSE: address of its fuse_conn, as an identity only */
	__u32 frozen;	  /* sb->s_writers.frozen; 0 is not frozen, SB_FREEZE_COMPLETE is 4 */
	__u32 padding;
	char fs_type[32];
	char mount_source[128];
	struct wedged_packed_path path;	       /* within its mount */
	struct wedged_packed_path mount_point; /* of that mount, up to the namespace's root */
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_file_record) == 40 + 32 + 128 + 2 * 1288);

/* How a task has to do with a file. */
enum wedged_file {
	WEDGED_FILE_DESCRIPTOR, /* in the call's first argument */
	WEDGED_FILE_MAPPED,	/* of a mapping that the kernel's stack refers to: of a page fault, if it is in one */
	WEDGED_FILE_WALK,	/* as far as the kernel has come on a path */
	WEDGED_FILES,
};

struct wedged_detail_record {
	struct wedged_record_header header;
	struct wedged_task_record task; /* a fresh sample, taken with the rest */
	__u32 frames;
	__u32 has_registers;
	__u64 registers[WEDGED_REGISTERS];
	char stack[WEDGED_STACK_DEPTH][WEDGED_SYMBOL_LENGTH]; /* "symbol+0x1/0x2 [module]", innermost first */
	__u32 vfork_child; /* thread id of the child whose exec or exit it waits for; 0: none */
	__u32 padding;
	__u64 descriptor_limit; /* RLIMIT_NOFILE */
	struct wedged_file_record files[WEDGED_FILES];
	char walk_name[WEDGED_NAME_LENGTH]; /* that path; empty: it follows none */
	struct wedged_packed_path exe;
	struct wedged_packed_path cgroup;
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_detail_record) % 8 == 0);

/* A thread that exited inside a system call other than exit and exit_group. */
struct wedged_death_record {
	struct wedged_record_header header;
	__u32 tgid;
	__u32 tid;
	__u64 start_boottime_ns;
	__u64 process_start_boottime_ns;
	__u64 at_ns;
	__u64 address; /* of the task, as in its task records */
	__s32 call_number;
	__s32 exit_code;
	__u32 group_exit;
	__u32 padding;
	char comm[WEDGED_COMM_LENGTH];
	char process_comm[WEDGED_COMM_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_death_record) == 96);

/* A thread that exited alone while its handler for a fatal signal had not returned. */
struct wedged_crash_record {
	struct wedged_record_header header;
	__u32 tgid;
	__u32 tid;
	__u64 start_boottime_ns;
	__u64 process_start_boottime_ns;
	__u64 delivered_ns;
	__u64 exited_ns;
	__u32 signal;
	__u32 padding;
	char comm[WEDGED_COMM_LENGTH];
	char process_comm[WEDGED_COMM_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_crash_record) == 88);

/* A process that holds the server's end of a FUSE connection. */
struct wedged_fuse_server_record {
	struct wedged_record_header header;
	__u32 tgid;
	__u32 padding;
	__u64 start_boottime_ns;
	__u64 connections[4]; /* candidates: one of them is the address of the fuse_conn it serves */
	char comm[WEDGED_COMM_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_fuse_server_record) == 72);

/* Value of the map `wanted`; its key is the tid. */
struct wedged_wanted {
	__u64 start_boottime_ns; /* 0: whoever has the id now */
	__u64 switch_count;	 /* SET_ASIDE: of the wait that was looked at */
	__u32 what;
	__u32 padding;
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_wanted) == 24);

/* One end of a pipe or a socket that somebody waits for, see peer_scan.bpf.c. */
#define WEDGED_END_QUESTIONS 256 /* threads */
#define WEDGED_END_DESCRIPTORS 8 /* of each */
#define WEDGED_ENDS_SOUGHT 1024
#define WEDGED_SOCKET_NAME 110 /* struct sockaddr_un */

/* Value of the map `end_questions`; its key is the tid. */
struct wedged_end_question {
	__u64 start_boottime_ns;
	__u32 descriptors[WEDGED_END_DESCRIPTORS];
	__u32 count;
	__u32 padding;
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_end_question) == 48);

/* What an end is found by; parts that its kind does not have are 0. Addresses of the kernel are identities only. */
struct wedged_end_key {
	__u64 address; /* of a pipe's inode, of a socket of UNIX */
	__u64 net;     /* of the namespace of a network socket */
	__u8 local[16];
	__u8 remote[16];   /* IPv4 as ::ffff:a.b.c.d */
	__u16 local_port;  /* in our byte order */
	__u16 remote_port; /* 0: not connected */
	__u32 protocol;
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_end_key) == 56);

struct wedged_socket_name { /* what follows sun_family; a first byte of 0 is the abstract namespace */
	__u16 length;
	char bytes[WEDGED_SOCKET_NAME];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_socket_name) == 112);

enum wedged_end_kind {
	WEDGED_END_PIPE = 1,
	WEDGED_END_SOCKET = 2,
};

struct wedged_end_record {
	struct wedged_record_header header;
	__u32 tid;
	__u32 descriptor;
	struct wedged_end_key key;
	struct wedged_end_key other; /* what the other end is found by; all 0: it has none */
	__u32 kind;
	__u32 family; /* AF_* */
	__u32 type;   /* SOCK_* */
	__u32 protocol;
	__u32 state; /* TCP_*, sockets of UNIX too */
	__u16 other_closed;
	__u16 other_pending; /* connected, and not accepted yet; `other` is who listens, if that is known */
	__u32 readers;	     /* of a pipe: how often it is open for reading, and for writing */
	__u32 writers;
	struct wedged_socket_name local_name;
	struct wedged_socket_name remote_name;
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_end_record) == 384);

/* A descriptor of a process for an end that was looked for. */
struct wedged_holder_record {
	struct wedged_record_header header;
	__u32 tgid;
	__u32 descriptor;
	__u64 start_boottime_ns;
	struct wedged_end_key key;
	__u32 reads;
	__u32 writes;
	__u32 backlog; /* of a socket that listens: connections that wait to be accepted */
	__u32 padding;
	char comm[WEDGED_COMM_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_holder_record) == 112);

/* A closer look at loops that seem to spin, see loop_watch.bpf.c. */
#define WEDGED_LOOP_PROCESSES 16
#define WEDGED_LOOP_SAMPLES 32
#define WEDGED_LOOP_RETURNS 1024
#define WEDGED_LOOP_USES 4096
#define WEDGED_STACK_COPY 8192

/* What the waits of a process returned. Of epoll the instance and what is registered; else 0 and the descriptor. */
struct wedged_loop_return_key {
	__u64 epoll; /* address, as an identity only */
	__u64 data;
	__u32 tgid;
	__u32 padding;
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_loop_return_key) == 24);

struct wedged_loop_return {
	__u64 count;
	__u32 asked;	/* of poll and select only */
	__u32 reported; /* all events of all returns */
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_loop_return) == 16);

/* A descriptor that productive calls were made on; the value is their number. */
struct wedged_loop_use_key {
	__u32 tgid;
	__u32 descriptor;
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_loop_use_key) == 8);

/* Of one thread, when its wait returned with something ready. Put there empty by userspace. */
struct wedged_loop_sample {
	__u64 epoll; /* address of the instance it waited with; 0: poll or select */
	__s32 wait_call;
	__u32 taken; /* set last */
	__u64 registers[WEDGED_REGISTERS];
	__u32 stack_bytes; /* from the stack pointer on */
	__u32 tgid;
	__u8 stack[WEDGED_STACK_COPY];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_loop_sample) == 16 + 33 * 8 + 8 + 8192);

/* An epoll instance that was waited with. */
struct wedged_loop_epoll {
	__u32 registered; /* open descriptors of the process; counted anew by each pass over them */
	__u32 ready;	  /* of them, on its ready list */
	__u32 descriptor; /* of the instance itself */
	__u32 tgid;	  /* who waits */
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_loop_epoll) == 16);

/* An open descriptor for what the waits of a process returned; of that process, as a rule. */
struct wedged_registration_record {
	struct wedged_record_header header;
	struct wedged_loop_return_key key;
	__u32 tgid; /* who has it open */
	__u32 descriptor;
	__u64 start_boottime_ns; /* of that process */
	__u32 asked;		 /* of epoll only */
	__u32 padding;
	char comm[WEDGED_COMM_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_registration_record) == 72);
/* Its record is followed by the one of the file, and `size` is that of both. */

/* Any thread that has not exited, suspect or not: see census.bpf.c. */
struct wedged_census_record {
	struct wedged_record_header header;
	__u32 tgid;
	__u32 tid;
	__u64 start_boottime_ns;
	__u64 process_start_boottime_ns;
	__u64 cgroup;	       /* id in the unified hierarchy */
	__u64 calls;	       /* begun since its storage was made; with FACT_COUNTED */
	__u64 call_entered_ns; /* 0: before the monitor watched */
	__u64 finished_ns; /* how long those of them took together that have returned and whose beginning was seen */
	__u64 off_cpu_since_ns;
	__u32 errors; /* of these calls; wraps around */
	__s32 call_number;
	__u32 facts; /* CALL_KNOWN, COMPAT and COUNTED */
	__u32 state;
	__u32 exit_state;
	__u32 flags;
	char comm[WEDGED_COMM_LENGTH];
	char process_comm[WEDGED_COMM_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_census_record) == 128);

/* Follows the first thread seen in a cgroup, and is said again after so many censuses. */
#define WEDGED_CGROUP_AGAIN 60
struct wedged_cgroup_record {
	struct wedged_record_header header;
	__u64 id;
	struct wedged_packed_path path;
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_cgroup_record) == 1304);

#endif
