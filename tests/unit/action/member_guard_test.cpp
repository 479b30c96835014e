// SPDX-License-Identifier: Apache-2.0
#include "action/member_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "action/crowd.h"
#include "action/unit_cgroup.h"

namespace wedged {
namespace {

const Surroundings surroundings{50, {40, 1}};

Member ordinary() {
  return {4242, 100, 1, 4242, false, "db", "/usr/bin/db", "/system.slice/db.service"};
}

TEST(MemberGuard, an_ordinary_process_may_be_reached) {
  EXPECT_FALSE(member_objection(ordinary(), {"web*", "/usr/bin/web"}, surroundings));
}

TEST(MemberGuard, who_must_not_be_reached_is_named_with_the_reason) {
  struct Row {
    std::function<void(Member&)> change;
    const char* reason;
  };
  const std::vector<Row> rows{
      {[](Member& m) { m.tgid = 1; }, "process 1"},
      {[](Member& m) { m.kernel_thread = true; }, "kernel thread"},
      {[](Member& m) { m.tgid = 50; }, "the monitor itself"},
      {[](Member& m) { m.tgid = 40; }, "descends from it"},
      {[](Member& m) { m.comm = "sshd"; }, "sshd"},
      {[](Member& m) { m.comm = "systemd-udevd"; }, "systemd-*"},
      {[](Member& m) { m.comm = "keeper"; }, "keep*"},
      {[](Member& m) { m.exe = "/opt/ha/agent"; }, "/opt/ha/*"},
      {[](Member& m) { m.exe.clear(); }, "its own is not known"},
      {[](Member& m) { m.comm.clear(); }, "its name is not known"},
      {[](Member& m) { m.start_ticks = 0; }, "start time is not known"},
      {[](Member& m) { m.tgid = 0; }, "do not name it"},
  };
  for (const auto& row : rows) {
    auto member = ordinary();
    row.change(member);
    const auto objection = member_objection(member, {"keep*", "/opt/ha/*"}, surroundings);
    ASSERT_TRUE(objection) << row.reason;
    EXPECT_THAT(*objection, testing::HasSubstr(row.reason));
    EXPECT_THAT(*objection, testing::HasSubstr("[" + std::to_string(member.tgid) + "]"));
  }
}

TEST(MemberGuard, an_unknown_executable_matters_only_where_executables_are_protected) {
  auto member = ordinary();
  member.exe.clear();
  EXPECT_FALSE(member_objection(member, {"keep*"}, surroundings));
  EXPECT_TRUE(member_objection(member, {"/opt/ha/*"}, surroundings));
}

TEST(MemberGuard, a_monitor_that_does_not_know_itself_reaches_nobody) {
  EXPECT_TRUE(member_objection(ordinary(), {}, {}));
}

TEST(MemberGuard, one_of_many_is_enough) {
  auto guarded = ordinary();
  guarded.comm = "sshd";
  EXPECT_FALSE(members_objection({ordinary(), ordinary()}, {}, surroundings));
  EXPECT_TRUE(members_objection({ordinary(), ordinary(), guarded}, {}, surroundings));
}

TEST(UnitGuard, what_the_host_lives_on_is_never_restarted) {
  for (const std::string unit :
       {"-.slice", "init.scope", "user@1000.service", "dbus.service", "dbus-broker.service",
        "systemd-journald.service", "session-3.scope", "db.slice", "db.scope", "db", ""})
    EXPECT_TRUE(unit_objection(unit)) << unit;
  EXPECT_FALSE(unit_objection("db.service"));
  EXPECT_FALSE(unit_objection("db@main.service"));
}

TEST(UnitCgroup, it_is_the_path_up_to_the_last_part_that_names_the_unit) {
  EXPECT_EQ(cgroup_of_unit("/system.slice/db.service", "db.service"), "/system.slice/db.service");
  EXPECT_EQ(cgroup_of_unit("/system.slice/db.service/workers", "db.service"), "/system.slice/db.service");
  EXPECT_EQ(cgroup_of_unit("/a.service/x/a.service/y", "a.service"), "/a.service/x/a.service");
  for (const std::string other : {"b.service", "db", "service", "", "system.slice/db.service", ".."})
    EXPECT_FALSE(cgroup_of_unit("/system.slice/db.service", other)) << other;
  EXPECT_FALSE(cgroup_of_unit("", "db.service"));
  EXPECT_FALSE(cgroup_of_unit("/", "db.service"));
}

TEST(UnitCgroup, only_slices_lie_above_a_unit_of_the_hosts_manager) {
  EXPECT_TRUE(is_of_host_manager("/system.slice/db.service"));
  EXPECT_TRUE(is_of_host_manager("/a.slice/a-b.slice/db.service"));
  EXPECT_TRUE(is_of_host_manager("/init.scope"));
  EXPECT_FALSE(is_of_host_manager("/user.slice/user-1000.slice/user@1000.service/app.slice/db.service"));
  EXPECT_FALSE(is_of_host_manager("/system.slice/docker-0123.scope/system.slice/db.service"));
  EXPECT_FALSE(is_of_host_manager("/docker/0123/system.slice/db.service"));
  EXPECT_FALSE(is_of_host_manager(""));
}

TEST(UnitCgroup, a_cgroup_lies_in_those_above_it_and_not_in_those_called_alike) {
  EXPECT_TRUE(lies_in("/a/b", "/a"));
  EXPECT_TRUE(lies_in("/a", "/a"));
  EXPECT_TRUE(lies_in("/a", "/"));
  EXPECT_FALSE(lies_in("/ab", "/a"));
  EXPECT_FALSE(lies_in("/a", "/a/b"));
  EXPECT_FALSE(lies_in("", "/a"));
}

}  // namespace
}  // namespace wedged
