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

#define WEDGED_ABI_VERSION 2

/* Table of system calls: numbers below WEDGED_CALL_OTHER for themselves, two slots for all the rest. */
#define WEDGED_CALLS 512
#define WEDGED_CALL_OTHER 510
#define WEDGED_CALL_COMPAT 511
#define WEDGED_NO_CALL (-1)

#define WEDGED_COMM_LENGTH 16
#define WEDGED_STACK_DEPTH 32
#define WEDGED_SYMBOL_LENGTH 80
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

enum wedged_record_kind {
	WEDGED_RECORD_TASK = 1,
	WEDGED_RECORD_DETAIL = 2,
	WEDGED_RECORD_DEATH = 3,
	WEDGED_RECORD_FUSE_SERVER = 4,
	WEDGED_RECORD_CRASH = 5,
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

/* The call that runs on one CPU now; spilled to the thread's storage when it is switched out. One cache line. */
struct wedged_call_slot {
	__u64 entered_ns;
	__u64 sequence;
	__s32 number; /* WEDGED_NO_CALL outside calls */
	__u32 compat;
	__u32 tid; /* of the thread on this CPU; 0 until the first switch */
	__u32 padding;
	__u64 registers; /* address of that thread's, as an identity only; 0 until its first call there */
	__u64 reserved[3];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_call_slot) == 64);

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
	__u64 kill_seen_ns; /* since when SIGKILL is pending; without KILL_EXACT: when a scan first saw it */
	__u64 call_entered_ns;
	__u64 call_sequence;
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
	__u32 padding;
	char comm[WEDGED_COMM_LENGTH];
	char process_comm[WEDGED_COMM_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_task_record) == 248);

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

struct wedged_detail_record {
	struct wedged_record_header header;
	struct wedged_task_record task; /* a fresh sample, taken with the rest */
	__u32 frames;
	__u32 has_registers;
	__u64 registers[WEDGED_REGISTERS];
	char stack[WEDGED_STACK_DEPTH][WEDGED_SYMBOL_LENGTH]; /* "symbol+0x1/0x2 [module]", innermost first */
	struct wedged_file_record file;
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
	__u64 at_ns;
	__s32 call_number;
	__s32 exit_code;
	__u32 group_exit;
	__u32 padding;
	char comm[WEDGED_COMM_LENGTH];
};
WEDGED_STATIC_ASSERT(sizeof(struct wedged_death_record) == 64);

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

#endif
