// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Who serves FUSE: every process that holds /dev/fuse open, with the addresses that may be its connection. Run only
 * when a suspect waits for a FUSE file system.
 */
#include "compat.bpf.h"

#define FUSE_DEVICE ((10u << 20) | 229u) /* misc device, include/linux/miscdevice.h FUSE_MINOR */

SEC("iter/task_file")
int scan_fuse_servers(struct bpf_iter__task_file *context)
{
	struct task_struct *task = context->task;
	struct file *file = context->file;
	struct wedged_fuse_server_record record = {};
	void *device;

	if (!task || !file || BPF_CORE_READ(file, f_inode, i_rdev) != FUSE_DEVICE)
		return 0;
	device = BPF_CORE_READ(file, private_data);
	if (!device)
		return 0; /* open, but not (yet) mounted */
	record.header.kind = WEDGED_RECORD_FUSE_SERVER;
	record.header.version = WEDGED_ABI_VERSION;
	record.header.size = sizeof(record);
	record.tgid = (__u32)task->tgid;
	record.start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	/* struct fuse_dev has its fuse_conn among its first words; which one, an equal address tells. */
	bpf_probe_read_kernel(record.connections, sizeof(record.connections), device);
	BPF_CORE_READ_STR_INTO(&record.comm, task, group_leader, comm);
	bpf_seq_write(context->meta->seq, &record, sizeof(record)); /* without room: see emit() in task_scan.bpf.c */
	return 0;
}
