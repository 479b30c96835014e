// SPDX-License-Identifier: Apache-2.0
// Words for the servers of network file systems, from the source that their mount names. Pure.
#pragma once

#include <string>

#include "observation/task.h"

namespace wedged {

// "NFS server 10.0.0.1, export /data (mounted on /mnt)", "SMB server files, share home (mounted on /mnt)";
// empty if the file system has its storage on this host, or is FUSE.
[[nodiscard]] std::string describe_mount_server(const FileFacts& file);

}  // namespace wedged
