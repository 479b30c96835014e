/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's types around pipes and sockets, as kernel_types.h: of each only the members that are read. The flavours
 * add members to types that kernel_types.h declares.
 */
#ifndef WEDGED_END_TYPES_H
#define WEDGED_END_TYPES_H

#include "kernel_types.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct file___end {
	unsigned int f_mode;
};
struct super_block___end {
	unsigned long s_magic;
};
struct pipe_inode_info {
	unsigned int readers;
	unsigned int writers;
};
struct inode___end {
	struct pipe_inode_info *i_pipe;
};

struct net;
typedef struct {
	struct net *net;
} possible_net_t; /* empty without CONFIG_NET_NS */
struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};
struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr; /* these two with CONFIG_IPV6 */
	struct in6_addr skc_v6_rcv_saddr;
};
struct socket;
struct sock {
	struct sock_common __sk_common;
	__u16 sk_type;
	__u16 sk_protocol;
	struct socket *sk_socket;
	__u32 sk_ack_backlog;
};
struct socket {
	struct file *file;
	struct sock *sk;
};
struct sockaddr_un {
	char sun_path[1];
};
struct unix_address {
	int len;
	struct sockaddr_un name[1];
};
struct unix_sock { /* absent where CONFIG_UNIX is a module */
	struct unix_address *addr;
	struct sock *peer;
	struct sock *listener; /* aed6ecef55d7 ("af_unix: Save listener for embryo socket."), v6.10 */
};

#pragma clang attribute pop

#endif
