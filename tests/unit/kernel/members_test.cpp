// SPDX-License-Identifier: Apache-2.0
// Members as /proc and a cgroup tree list them: made of files, and the test's own.
#include "kernel/members.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace wedged {
namespace {

namespace fs = std::filesystem;

class MembersTest : public testing::Test {
 protected:
  MembersTest() : root_(testing::TempDir() + "wedged-members-" + std::to_string(::getpid())) {
    fs::create_directories(root_ + "/self");
    fs::create_directories(cgroups() + "/db.service/workers");
    write("self/mounts", "cgroup2 " + cgroups() + " cgroup2 rw 0 0\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  [[nodiscard]] std::string cgroups() const { return root_ + "/cgroups"; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(root_ + "/" + name).parent_path());
    std::ofstream(root_ + "/" + name) << text;
  }
  void process(int tgid, const std::string& name, int group, const std::string& state = "S", int threads = 1,
               unsigned long flags = 0) const {
    const auto folder = std::to_string(tgid);
    write(folder + "/stat", folder + " (" + name + ") " + state + " 7 " + std::to_string(group) + " 1 0 -1 " +
                                std::to_string(flags) + " 0 0 0 0 0 0 0 0 20 0 " + std::to_string(threads) +
                                " 0 " + std::to_string(tgid * 10) + " 0 0\n");
    write(folder + "/cgroup", "1:name=systemd:/x\n0::/db.service\n");
  }
  void in_cgroup(const std::string& cgroup, const std::string& tgids) const {
    write("cgroups" + cgroup + "/cgroup.procs", tgids);
  }
  [[nodiscard]] static std::vector<int> tgids_of(const Result<std::vector<Member>>& members) {
    std::vector<int> tgids;
    for (const auto& member : members.value()) tgids.push_back(member.tgid);
    std::sort(tgids.begin(), tgids.end());
    return tgids;
  }

  std::string root_;
};

TEST_F(MembersTest, a_process_is_read_whatever_its_name_is) {
  process(42, "evil) R 1 (x", 9);
  fs::create_symlink("/usr/bin/db (deleted)", root_ + "/42/exe");
  const auto member = member_of(42, root_);
  ASSERT_TRUE(member);
  EXPECT_EQ(*member, (Member{42, 420, 7, 9, false, "evil) R 1 (x", "/usr/bin/db", "/db.service"}));
}

TEST_F(MembersTest, a_kernel_thread_says_so) {
  process(42, "kworker/0:1", 0, "I", 1, 0x00208040);
  EXPECT_TRUE(member_of(42, root_)->kernel_thread);
}

TEST_F(MembersTest, who_has_ended_is_gone_and_who_lost_its_leader_is_not) {
  process(42, "db", 9, "Z", 1);
  process(43, "db", 9, "Z", 2);
  EXPECT_EQ(member_of(42, root_).error().kind, ErrorKind::gone);
  EXPECT_EQ(member_of(44, root_).error().kind, ErrorKind::gone);
  EXPECT_TRUE(member_of(43, root_));
  EXPECT_EQ(tgids_of(members_of_group(9, root_)), std::vector<int>{43});
}

TEST_F(MembersTest, a_group_is_all_who_have_its_number) {
  process(42, "db", 9);
  process(43, "db", 9);
  process(44, "db", 10);
  EXPECT_EQ(tgids_of(members_of_group(9, root_)), (std::vector<int>{42, 43}));
  EXPECT_TRUE(members_of_group(11, root_)->empty());
  for (const int group : {-9, 0, 1}) EXPECT_FALSE(members_of_group(group, root_)) << group;
}

TEST_F(MembersTest, a_cgroup_is_all_who_are_in_it_and_below) {
  for (const int tgid : {42, 43, 44}) process(tgid, "db", 9);
  in_cgroup("", "44\n");
  in_cgroup("/db.service", "42\n");
  in_cgroup("/db.service/workers", "43\n45\n");
  EXPECT_EQ(tgids_of(members_of_cgroup("/db.service", root_)), (std::vector<int>{42, 43}));
  EXPECT_EQ(tgids_of(members_of_cgroup("/", root_)), (std::vector<int>{42, 43, 44}));
}

TEST_F(MembersTest, who_cannot_be_looked_at_is_a_member_without_facts) {
  write("42/stat", "rubbish");
  in_cgroup("/db.service", "0\n42\n");
  const auto members = members_of_cgroup("/db.service", root_);
  EXPECT_EQ(tgids_of(members), (std::vector<int>{0, 42}));
  for (const auto& member : *members) EXPECT_EQ(member.start_ticks, 0U);
}

TEST_F(MembersTest, a_cgroup_that_is_none_has_no_members) {
  EXPECT_EQ(members_of_cgroup("/web.service", root_).error().kind, ErrorKind::gone);
  EXPECT_FALSE(members_of_cgroup("/db.service", root_)) << "there is no cgroup.procs";
  for (const std::string odd : {"", "db.service", "/db.service/../..", "/.."})
    EXPECT_EQ(members_of_cgroup(odd, root_).error().kind, ErrorKind::malformed) << odd;
  write("self/mounts", "tmpfs /sys/fs/cgroup tmpfs rw 0 0\n");
  EXPECT_EQ(members_of_cgroup("/db.service", root_).error().kind, ErrorKind::unsupported);
}

TEST(Members, this_process_is_one_of_its_own_group) {
  const auto self = member_of(::getpid());
  ASSERT_TRUE(self);
  EXPECT_EQ(self->parent_tgid, ::getppid());
  EXPECT_EQ(self->process_group, ::getpgrp());
  EXPECT_EQ(self->comm, "unit_kernel");
  EXPECT_NE(self->start_ticks, 0U);
  if (::getpgrp() <= 1) GTEST_SKIP() << "the test's group is init's";
  const auto group = members_of_group(::getpgrp());
  ASSERT_TRUE(group);
  EXPECT_NE(std::find(group->begin(), group->end(), *self), group->end());
}

}  // namespace
}  // namespace wedged
