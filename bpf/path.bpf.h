/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packs paths from kernel memory, leaf first; userspace turns them round. Nothing here touches a file system. */
#ifndef WEDGED_PATH_H
#define WEDGED_PATH_H

#include "compat.bpf.h"

#define PATH_DEPTH 24

/* In task_detail: reads a file into its place in detail_scratch, which clear_file() has made ready. */
int read_file(__u32 which, __u64 dentry_address, __u64 mount_address);

static __always_inline void clear_file(struct wedged_file_record *file)
{
	file->present = 0;
	file->connection = 0;
	file->path.used = file->path.complete = 0;
	file->mount_point.used = file->mount_point.complete = 0;
}

static __always_inline bool pack_name(struct wedged_packed_path *path, const void *name)
{
	__u32 used = path->used;
	long length;

	if (used >= WEDGED_PATH_SPACE)
		return false;
	length = bpf_probe_read_kernel_str(&path->names[used], WEDGED_NAME_LENGTH, name);
	if (length <= 0) {
		count_loss(WEDGED_LOSS_MEMORY);
		return false;
	}
	path->used = used + (__u32)length;
	return true;
}

/* From `dentry` up to `root`, which is left out. Leaves `complete` 0 when the path is too deep or long. */
static __always_inline void pack_dentries(struct wedged_packed_path *path, struct dentry *dentry, struct dentry *root)
{
	struct dentry *parent;
	int depth;

	for (depth = 0; depth < PATH_DEPTH; depth++) {
		if (!dentry || dentry == root) {
			path->complete = 1;
			return;
		}
		parent = BPF_CORE_READ(dentry, d_parent);
		if (parent == dentry) { /* a root: of a pipe, a socket, an unlinked or lazily unmounted tree */
			path->complete = 1;
			if (!depth)
				pack_name(path, BPF_CORE_READ(dentry, d_name.name));
			return;
		}
		if (!pack_name(path, BPF_CORE_READ(dentry, d_name.name)))
			return;
		dentry = parent;
	}
	path->complete = !dentry || dentry == root;
}

static __always_inline struct mount *mount_of(struct vfsmount *vfsmount)
{
	return (struct mount *)((char *)vfsmount - bpf_core_field_offset(struct mount, mnt));
}

/* Where a mount is mounted, up to the root of its namespace. */
static __always_inline void pack_mount_point(struct wedged_packed_path *path, struct mount *mount)
{
	struct dentry *dentry = BPF_CORE_READ(mount, mnt_mountpoint);
	struct mount *parent = BPF_CORE_READ(mount, mnt_parent);
	struct dentry *root = BPF_CORE_READ(parent, mnt.mnt_root);
	int step;

	if (parent == mount) {
		path->complete = 1;
		return;
	}
	for (step = 0; step < 2 * PATH_DEPTH; step++) {
		if (!dentry)
			return;
		if (dentry != root) {
			if (!pack_name(path, BPF_CORE_READ(dentry, d_name.name)))
				return;
			dentry = BPF_CORE_READ(dentry, d_parent);
			continue;
		}
		mount = parent;
		parent = BPF_CORE_READ(mount, mnt_parent);
		if (parent == mount) {
			path->complete = 1;
			return;
		}
		dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		root = BPF_CORE_READ(parent, mnt.mnt_root);
	}
}

static __always_inline void pack_cgroup(struct wedged_packed_path *path, struct kernfs_node *node)
{
	struct kernfs_node *parent;
	int depth;

	for (depth = 0; depth < PATH_DEPTH; depth++) {
		parent = node ? parent_of(node) : NULL;
		if (!parent) {
			path->complete = node != NULL;
			return;
		}
		if (!pack_name(path, BPF_CORE_READ(node, name)))
			return;
		node = parent;
	}
	path->complete = !parent_of(node);
}

#endif
