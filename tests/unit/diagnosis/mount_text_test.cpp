// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/mount_text.h"

#include <gtest/gtest.h>

#include "diagnosis/describe.h"
#include "support/builders.h"

namespace wedged {
namespace {

struct MountCase {
  const char* fs_type;
  const char* source;
  const char* text;
};

FileFacts file_on(const MountCase& mount) {
  FileFacts file;
  file.path = "/mnt/file";
  file.fs_type = mount.fs_type;
  file.mount_source = mount.source;
  file.mount_point = "/mnt";
  return file;
}

void PrintTo(const MountCase& mount, std::ostream* out) {
  *out << mount.fs_type << ' ' << mount.source;
}

class MountServer : public testing::TestWithParam<MountCase> {};
TEST_P(MountServer, is_named_with_what_it_serves) {
  EXPECT_EQ(describe_mount_server(file_on(GetParam())), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Describe, MountServer,
    testing::Values(
        MountCase{"nfs4", "10.0.0.1:/data", "NFS server 10.0.0.1, export /data (mounted on /mnt)"},
        MountCase{"nfs", "[fe80::1]:/", "NFS server [fe80::1], export / (mounted on /mnt)"},
        MountCase{"nfs", "odd", "NFS server of odd (mounted on /mnt)"},
        MountCase{"nfs", "none", "NFS server (mounted on /mnt)"},
        MountCase{"cifs", "//files/home/me", "SMB server files, share home/me (mounted on /mnt)"},
        MountCase{"smb3", "//files", "SMB server of files (mounted on /mnt)"},
        MountCase{"ceph", "a:6789,b:6789:/vol", "Ceph monitors a:6789,b:6789, path /vol (mounted on /mnt)"},
        MountCase{"9p", "share", "9p server, share share (mounted on /mnt)"},
        MountCase{"virtiofs", "fast",
                  "virtiofs server on the virtual machine's host, tag fast (mounted on /mnt)"},
        MountCase{"ext4", "/dev/sda1", ""}, MountCase{"fuse.sshfs", "host:/", ""}));

TEST(Describe, the_root_of_a_wait_for_a_network_file_system_is_its_server) {
  const Task task = test::a_thread().in_d_state().on_file(file_on({"nfs4", "10.0.0.1:/data", ""}));
  const std::string server = "NFS server 10.0.0.1, export /data (mounted on /mnt)";
  EXPECT_EQ(describe_root(task), "an answer of " + server);
  EXPECT_EQ(blame_chain(task).back(), (BlameLink{"served by", server}));
  EXPECT_TRUE(waits_for_file_server(task));
}

}  // namespace
}  // namespace wedged
