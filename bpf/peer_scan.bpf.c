// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who has the other end of a pipe or a socket. Two passes: `read_ends` looks at the descriptors that were asked for and
 * says how their other ends can be told; `scan_holders` finds these among all open files of the host. Run only while
 * somebody who matters waits for such a thing. Nothing but kernel memory is read.
 */
#include "descriptor.bpf.h"
#include "end_types.h"

/* include/linux/fs.h, include/uapi/linux/stat.h, magic.h, socket.h, in.h */
#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_PATH 0x4000
#define FORMAT_MASK 0170000
#define FORMAT_FIFO 0010000
#define SOCKFS_MAGIC 0x534f434b
#define FAMILY_UNIX 1
#define FAMILY_INET 2
#define FAMILY_INET6 10
#define STATE_ESTABLISHED 1
#define STATE_LISTEN 10
#define SUN_PATH_OFFSET 2
#define LONGEST_NAME (WEDGED_SOCKET_NAME - SUN_PATH_OFFSET)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WEDGED_END_QUESTIONS);
	__type(key, __u32); /* tid */
	__type(value, struct wedged_end_question);
} end_questions SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WEDGED_ENDS_SOUGHT);
	__type(key, struct wedged_end_key);
	__type(value, __u32);
} ends_sought SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wedged_end_record);
} end_scratch SEC(".maps");

static __always_inline __u32 mode_of(struct file *file)
{
	return BPF_CORE_READ((struct file___end *)file, f_mode);
}

static __always_inline bool is_pipe(struct file *file)
{
	return (BPF_CORE_READ(file, f_inode, i_mode) & FORMAT_MASK) == FORMAT_FIFO && !(mode_of(file) & FMODE_PATH);
}

/* A bound socket of UNIX is a node of another file system, too, which can be opened as a path only. */
static __always_inline struct sock *sock_of(struct file *file)
{
	struct super_block *super = BPF_CORE_READ(file, f_inode, i_sb);
	struct socket *socket;

	if (BPF_CORE_READ((struct super_block___end *)super, s_magic) != SOCKFS_MAGIC)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	if (!socket || BPF_CORE_READ(socket, file) != file)
		return NULL;
	return BPF_CORE_READ(socket, sk);
}

/* IPv4 as ::ffff:a.b.c.d: a socket of IPv6 may be connected to one of IPv4. */
static __always_inline void map_address(__u8 *to, __be32 address)
{
	__builtin_memset(to, 0, 10);
	to[10] = to[11] = 0xff;
	__builtin_memcpy(to + 12, &address, sizeof(address));
}

static __always_inline bool inet_key(struct wedged_end_key *key, struct sock *sock, __u16 family)
{
	struct sock_common *common = &sock->__sk_common;

	if (family == FAMILY_INET) {
		map_address(key->local, BPF_CORE_READ(common, skc_rcv_saddr));
		map_address(key->remote, BPF_CORE_READ(common, skc_daddr));
	} else if (family == FAMILY_INET6 && bpf_core_field_exists(common->skc_v6_daddr)) {
		bpf_core_read(key->local, sizeof(key->local), &common->skc_v6_rcv_saddr);
		bpf_core_read(key->remote, sizeof(key->remote), &common->skc_v6_daddr);
	} else {
		return false;
	}
	if (bpf_core_field_exists(common->skc_net.net))
		key->net = (__u64)BPF_CORE_READ(common, skc_net.net);
	key->local_port = BPF_CORE_READ(common, skc_num);
	key->remote_port = __builtin_bswap16(BPF_CORE_READ(common, skc_dport));
	key->protocol = BPF_CORE_READ(sock, sk_protocol);
	return true;
}

/* By what others find this end. The key must be zeroed. False: it is of a kind that has no other end. */
static __always_inline bool key_of(struct wedged_end_key *key, struct file *file)
{
	struct sock *sock;
	__u16 family;

	if (is_pipe(file)) {
		key->address = (__u64)BPF_CORE_READ(file, f_inode);
		return true;
	}
	sock = sock_of(file);
	if (!sock)
		return false;
	family = BPF_CORE_READ(sock, __sk_common.skc_family);
	if (family == FAMILY_UNIX) {
		key->address = (__u64)sock;
		return true;
	}
	return inet_key(key, sock, family);
}

static __always_inline void read_name(struct wedged_socket_name *name, struct sock *sock)
{
	struct unix_address *address = BPF_CORE_READ((struct unix_sock *)sock, addr);
	__u32 length;

	if (!address)
		return;
	length = (__u32)BPF_CORE_READ(address, len) - SUN_PATH_OFFSET;
	if (length > LONGEST_NAME)
		return;
	bpf_probe_read_kernel(name->bytes, length,
			      (char *)address + bpf_core_field_offset(struct unix_address, name) + SUN_PATH_OFFSET);
	name->length = length;
}

static __always_inline void read_unix(struct wedged_end_record *record, struct sock *sock)
{
	struct sock *peer;

	if (!bpf_core_type_exists(struct unix_sock))
		return;
	read_name(&record->local_name, sock);
	peer = BPF_CORE_READ((struct unix_sock *)sock, peer);
	if (!peer)
		return;
	read_name(&record->remote_name, peer);
	record->other.address = (__u64)peer;
	if (BPF_CORE_READ(peer, sk_socket))
		return;
	/* Either released (unix_release_sock) or not accepted yet: then whoever listens is the one to do something. */
	if (BPF_CORE_READ(peer, __sk_common.skc_state) != STATE_ESTABLISHED) {
		record->other_closed = 1;
		return;
	}
	record->other_pending = 1;
	if (bpf_core_field_exists(((struct unix_sock *)peer)->listener))
		record->other.address = (__u64)BPF_CORE_READ((struct unix_sock *)peer, listener);
}

static __always_inline void read_inet(struct wedged_end_record *record)
{
	struct wedged_end_key *other = &record->other;

	if (!record->key.remote_port || !record->key.local_port)
		return;
	*other = record->key;
	__builtin_memcpy(other->local, record->key.remote, sizeof(other->local));
	__builtin_memcpy(other->remote, record->key.local, sizeof(other->remote));
	other->local_port = record->key.remote_port;
	other->remote_port = record->key.local_port;
}

static __always_inline void read_socket(struct wedged_end_record *record, struct sock *sock)
{
	record->kind = WEDGED_END_SOCKET;
	record->family = BPF_CORE_READ(sock, __sk_common.skc_family);
	record->state = BPF_CORE_READ(sock, __sk_common.skc_state);
	record->type = BPF_CORE_READ(sock, sk_type);
	record->protocol = BPF_CORE_READ(sock, sk_protocol);
	if (record->family == FAMILY_UNIX)
		read_unix(record, sock);
	else
		read_inet(record);
}

static __always_inline void read_pipe(struct wedged_end_record *record, struct file *file)
{
	struct inode___end *inode = (struct inode___end *)BPF_CORE_READ(file, f_inode);

	record->kind = WEDGED_END_PIPE;
	record->other = record->key;
	record->readers = BPF_CORE_READ(inode, i_pipe, readers);
	record->writers = BPF_CORE_READ(inode, i_pipe, writers);
}

static __always_inline void clear(struct wedged_end_record *record)
{
	__builtin_memset(record, 0, sizeof(*record));
	record->header.kind = WEDGED_RECORD_END;
	record->header.version = WEDGED_ABI_VERSION;
	record->header.size = sizeof(*record);
}

static __always_inline bool read_end(struct wedged_end_record *record, struct task_struct *task, __u32 descriptor)
{
	struct file *file = file_of(task, descriptor);
	struct sock *sock;

	if (!file)
		return false;
	clear(record);
	if (!key_of(&record->key, file))
		return false;
	record->tid = (__u32)task->pid;
	record->descriptor = descriptor;
	sock = sock_of(file);
	if (sock)
		read_socket(record, sock);
	else
		read_pipe(record, file);
	return true;
}

SEC("iter/task")
int read_ends(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct wedged_end_question *question;
	struct wedged_end_record *record;
	__u32 at, tid, zero = 0;

	if (!task)
		return 0;
	tid = (__u32)task->pid;
	question = bpf_map_lookup_elem(&end_questions, &tid);
	if (!question || question->start_boottime_ns != task->start_boottime)
		return 0;
	record = bpf_map_lookup_elem(&end_scratch, &zero);
	if (!record)
		return 0;
	for (at = 0; at < WEDGED_END_DESCRIPTORS; at++) {
		if (at >= question->count)
			break;
		if (read_end(record, task, question->descriptors[at])) /* without room: see emit() in task_scan.bpf.c */
			bpf_seq_write(context->meta->seq, record, sizeof(*record));
	}
	return 0;
}

static __always_inline __u32 backlog_of(struct file *file)
{
	struct sock *sock = sock_of(file);

	if (!sock || BPF_CORE_READ(sock, __sk_common.skc_state) != STATE_LISTEN)
		return 0;
	return BPF_CORE_READ(sock, sk_ack_backlog);
}

SEC("iter/task_file")
int scan_holders(struct bpf_iter__task_file *context)
{
	struct task_struct *task = context->task;
	struct file *file = context->file;
	struct wedged_holder_record record = {};
	__u32 mode;

	if (!task || !file || !key_of(&record.key, file) || !bpf_map_lookup_elem(&ends_sought, &record.key))
		return 0;
	record.header.kind = WEDGED_RECORD_HOLDER;
	record.header.version = WEDGED_ABI_VERSION;
	record.header.size = sizeof(record);
	record.tgid = (__u32)task->tgid;
	record.descriptor = context->fd;
	record.start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	mode = mode_of(file);
	record.reads = (mode & FMODE_READ) != 0;
	record.writes = (mode & FMODE_WRITE) != 0;
	record.backlog = backlog_of(file);
	BPF_CORE_READ_STR_INTO(&record.comm, task, group_leader, comm);
	bpf_seq_write(context->meta->seq, &record, sizeof(record));
	return 0;
}
