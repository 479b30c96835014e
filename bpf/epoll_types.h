/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's types of epoll (fs/eventpoll.c), as kernel_types.h: of each only the members that are read. */
#ifndef WEDGED_EPOLL_TYPES_H
#define WEDGED_EPOLL_TYPES_H

#include "kernel_types.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct hlist_node {
	struct hlist_node *next;
};
struct hlist_head {
	struct hlist_node *first;
};
struct file___epoll {
	struct hlist_head *f_ep; /* 319c15174757 ("epoll: take epitem list out of struct file"), v5.11 */
};
struct eventpoll;
struct epoll_event {
	__u32 events;
	__u64 data;
};
struct epitem {
	struct list_head rdllink;
	struct eventpoll *ep;
	struct hlist_node fllink;
	struct epoll_event event;
};

#pragma clang attribute pop

/* As the user has it: packed on x86_64 (EPOLL_PACKED, include/uapi/linux/eventpoll.h). */
#if defined(__TARGET_ARCH_x86)
struct user_epoll_event {
	__u32 events;
	__u64 data;
} __attribute__((packed));
#else
struct user_epoll_event {
	__u32 events;
	__u64 data;
};
#endif

struct user_pollfd { /* include/uapi/asm-generic/poll.h */
	__s32 fd;
	__s16 events;
	__s16 revents;
};

#endif
