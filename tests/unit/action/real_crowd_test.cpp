// SPDX-License-Identifier: Apache-2.0
// The whole way to real members: groups and cgroups of the test's own children, listed by /proc and by the
// cgroup file system.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "host_world.h"
#include "kernel/members.h"
#include "kernel/procfs.h"

namespace wedged {
namespace {

using test::Child;
using test::HostWorld;
using test::signal_rung;

class RealWorld {
 public:
  RealWorld() {
    parts_ = world_.parts();
    parts_.members = {[](int group) { return members_of_group(group); },
                      [](const std::string& cgroup) { return members_of_cgroup(cgroup); },
                      [](int tgid) { return member_of(tgid); }};
    parts_.cgroup_folder = [](const std::string& cgroup) { return cgroup_folder(cgroup); };
    parts_.surroundings = {::getpid(), own_ancestors()};
  }
  Outcome run(const Child& suspect, Reach reach, int number, const std::string& cgroup = {},
              Verdict verdict = Verdict::act) {
    auto decision = world_.decision_about(suspect, signal_rung(reach, number), verdict);
    decision.finding.task.details->cgroup = cgroup;
    HostExecutor executor(parts_);
    auto outcome = executor.execute(decision, policy, HostWorld::now());
    EXPECT_EQ(outcome.kind, OutcomeKind::started) << outcome.detail;
    std::vector<Outcome> ended;
    while (ended.empty()) ended = executor.finished(HostWorld::now());
    return ended[0];
  }
  HostParts& parts() { return parts_; }

  Policy policy;

 private:
  HostWorld world_;
  HostParts parts_;
};

// A group that a child leads and another one joins. Their names are not those of the test's ancestors.
class Group {
 public:
  Group() {
    ::setpgid(leader.pid(), leader.pid());
    ::setpgid(second.pid(), leader.pid());
  }
  Child leader, second;
};

TEST(RealGroup, all_of_it_and_nobody_else_is_signalled) {
  RealWorld world;
  Group group;
  Child outsider;
  const auto outcome = world.run(group.second, Reach::process_group, SIGTERM);
  EXPECT_EQ(outcome.kind, OutcomeKind::done) << outcome.detail;
  EXPECT_EQ(group.leader.signal_that_ended_it(), SIGTERM);
  EXPECT_EQ(group.second.signal_that_ended_it(), SIGTERM);
  EXPECT_TRUE(outsider.is_alive());
}

TEST(RealGroup, the_tests_own_group_is_not_signalled) {
  RealWorld world;
  Child child;
  EXPECT_EQ(world.run(child, Reach::process_group, SIGKILL).kind, OutcomeKind::guarded);
  EXPECT_TRUE(child.is_alive());
}

TEST(RealGroup, a_protected_executable_keeps_its_group_alive) {
  RealWorld world;
  Group group;
  world.policy.protect = {"*/unit_action"};
  const auto outcome = world.run(group.leader, Reach::process_group, SIGKILL);
  EXPECT_EQ(outcome.kind, OutcomeKind::guarded);
  EXPECT_NE(outcome.detail.find("unit_action is protected"), std::string::npos) << outcome.detail;
  EXPECT_TRUE(group.leader.is_alive());
  EXPECT_TRUE(group.second.is_alive());
}

// Below the test's own.
class OwnCgroup {
 public:
  OwnCgroup() {
    const auto self = member_of(::getpid());
    const auto mount = cgroup2_mount();
    if (!self || self->cgroup.empty() || mount.empty()) return;
    path_ = (self->cgroup == "/" ? "" : self->cgroup) + "/wedged-unit-action-" + std::to_string(::getpid());
    folder_ = mount + path_;
    made_ = ::mkdir(folder_.c_str(), 0755) == 0 && ::mkdir((folder_ + "/below").c_str(), 0755) == 0;
  }
  OwnCgroup(const OwnCgroup&) = delete;
  OwnCgroup& operator=(const OwnCgroup&) = delete;
  ~OwnCgroup() {
    for (int tries = 0; made_ && tries < 1000; ++tries) {
      ::rmdir((folder_ + "/below").c_str());
      if (::rmdir(folder_.c_str()) == 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  [[nodiscard]] bool made() const { return made_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  void take(const Child& child, const std::string& below = {}) const {
    std::ofstream file(folder_ + below + "/cgroup.procs");
    EXPECT_TRUE(file << child.pid() << std::flush);
  }
  [[nodiscard]] bool is_empty() const {
    std::ifstream events(folder_ + "/cgroup.events");
    std::string name;
    int value = 1;
    events >> name >> value;
    return name == "populated" && value == 0;
  }

 private:
  std::string path_, folder_;
  bool made_ = false;
};

class RealCgroup : public testing::Test {
 protected:
  void SetUp() override {
    if (cgroup.made()) return;
    if (std::getenv("WEDGED_REQUIRE_KERNEL") != nullptr) FAIL() << "no cgroup can be made here";
    GTEST_SKIP() << "no cgroup can be made here";
  }
  OwnCgroup cgroup;
  RealWorld world;
};

TEST_F(RealCgroup, all_of_it_and_of_those_below_die) {
  for (const bool whole : {true, false}) {
    if (!whole) world.parts().cgroup_folder = [](const std::string&) { return Error{ErrorKind::gone, ""}; };
    Child first, second, outsider;
    cgroup.take(first);
    cgroup.take(second, "/below");
    const auto outcome = world.run(first, Reach::cgroup, SIGKILL, cgroup.path());
    EXPECT_EQ(outcome.kind, OutcomeKind::done) << outcome.detail;
    EXPECT_EQ(outcome.detail.starts_with("cgroup.kill"), whole) << outcome.detail;
    EXPECT_EQ(first.signal_that_ended_it(), SIGKILL);
    EXPECT_EQ(second.signal_that_ended_it(), SIGKILL);
    EXPECT_TRUE(outsider.is_alive());
  }
}

TEST_F(RealCgroup, a_dry_run_leaves_all_alive) {
  Child first, second;
  cgroup.take(first);
  cgroup.take(second, "/below");
  EXPECT_EQ(world.run(first, Reach::cgroup, SIGKILL, cgroup.path(), Verdict::dry_run).kind,
            OutcomeKind::dry_run);
  EXPECT_TRUE(first.is_alive());
  EXPECT_TRUE(second.is_alive());
}

TEST_F(RealCgroup, a_protected_name_below_keeps_all_alive) {
  Child first, guarded{[] {
    ::prctl(PR_SET_NAME, "sshd");
    Child::sleep_for_ever();
  }};
  while (member_of(guarded.pid())->comm != "sshd") std::this_thread::yield();
  cgroup.take(first);
  cgroup.take(guarded, "/below");
  const auto outcome = world.run(first, Reach::cgroup, SIGKILL, cgroup.path());
  EXPECT_EQ(outcome.kind, OutcomeKind::guarded) << outcome.detail;
  EXPECT_TRUE(first.is_alive());
  EXPECT_TRUE(guarded.is_alive());
}

// Each of its processes ends as soon as it has a child, so that a list of them is always out of date.
void be_a_hare() {
  for (int lives = 0; lives < 20000; ++lives) {
    if (::fork() > 0) ::_exit(0);
  }
  ::_exit(0);
}

TEST_F(RealCgroup, cgroup_kill_catches_who_is_faster_than_any_list) {
  Child suspect;
  cgroup.take(suspect);
  Child hare{[] {
    ::raise(SIGSTOP);
    be_a_hare();
  }};
  ::waitpid(hare.pid(), nullptr, WUNTRACED);
  cgroup.take(hare);
  ::kill(hare.pid(), SIGCONT);
  EXPECT_EQ(world.run(suspect, Reach::cgroup, SIGKILL, cgroup.path()).kind, OutcomeKind::done);
  EXPECT_EQ(suspect.signal_that_ended_it(), SIGKILL);
  for (int tries = 0; !cgroup.is_empty() && tries < 200; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_TRUE(cgroup.is_empty());
}

}  // namespace
}  // namespace wedged
