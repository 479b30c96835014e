// SPDX-License-Identifier: Apache-2.0
#include "policy/match.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "support/builders.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_finding;
using test::a_thread;

TEST(Match, an_empty_match_fits_every_likely_finding) {
  EXPECT_EQ(fit_of({}, a_finding()), Fit::yes);
  EXPECT_EQ(fit_of({}, a_finding().certainty(Certainty::certain)), Fit::yes);
  EXPECT_EQ(fit_of({}, a_finding().certainty(Certainty::possible)), Fit::no);
}

TEST(Match, causes_fit_if_one_of_them_does) {
  Match match;
  match.causes = {Cause::uninterruptible_wait, Cause::unkillable};
  EXPECT_EQ(fit_of(match, a_finding().cause(Cause::unkillable)), Fit::yes);
  EXPECT_EQ(fit_of(match, a_finding().cause(Cause::slow_syscall)), Fit::no);
}

TEST(Match, each_certainty_fits_itself_and_all_surer_ones) {
  for (const Certainty asked : all_certainties) {
    for (const Certainty found : all_certainties) {
      Match match;
      match.at_least = asked;
      EXPECT_EQ(fit_of(match, a_finding().certainty(found)), found >= asked ? Fit::yes : Fit::no);
    }
  }
}

TEST(Match, lasting_fits_from_the_very_moment_on) {
  Match match;
  match.lasting = 30s;
  EXPECT_EQ(fit_of(match, a_finding().lasting(30s - 1ns)), Fit::no);
  EXPECT_EQ(fit_of(match, a_finding().lasting(30s)), Fit::yes);
}

TEST(Match, comm_is_the_processes_name_and_not_the_threads) {
  Match match;
  match.comm = {"other", "post*"};
  const auto thread = a_thread().named("postgres").thread(4243).thread_named("worker");
  EXPECT_EQ(fit_of(match, a_finding().of(thread)), Fit::yes);
  EXPECT_EQ(fit_of(match, a_finding().of(a_thread().named("web").thread(4243).thread_named("postgres"))),
            Fit::no);
}

TEST(Match, exe_fits_across_slashes_and_after_an_upgrade) {
  Match match;
  match.exe = {"/usr/lib/postgresql/*/postgres"};
  EXPECT_EQ(fit_of(match, a_finding().of(a_thread().exe("/usr/lib/postgresql/15/bin/postgres"))), Fit::yes);
  EXPECT_EQ(fit_of(match, a_finding().of(a_thread().exe("/usr/lib/postgresql/15/bin/postgres (deleted)"))),
            Fit::yes);
  EXPECT_EQ(fit_of(match, a_finding().of(a_thread().exe("/opt/postgres"))), Fit::no);
}

TEST(Match, unit_fits_by_glob) {
  Match match;
  match.unit = {"postgresql@*.service"};
  EXPECT_EQ(fit_of(match, a_finding().unit("postgresql@15-main.service")), Fit::yes);
  EXPECT_EQ(fit_of(match, a_finding().unit("nginx.service")), Fit::no);
}

TEST(Match, all_that_is_given_must_fit) {
  Match match;
  match.causes = {Cause::uninterruptible_wait};
  match.comm = {"victim"};
  match.exe = {"/usr/bin/*"};
  match.unit = {"other.service"};
  EXPECT_EQ(fit_of(match, a_finding()), Fit::no);
  match.unit = {"victim.service"};
  EXPECT_EQ(fit_of(match, a_finding()), Fit::yes);
}

TEST(Match, an_unknown_fact_that_is_asked_for_neither_fits_nor_fails) {
  Match exe;
  exe.exe = {"*"};
  EXPECT_EQ(fit_of(exe, a_finding().of(a_thread().without_details())), Fit::unknown);
  EXPECT_EQ(fit_of(exe, a_finding().of(a_thread().exe(""))), Fit::unknown);
  Match unit;
  unit.unit = {"*"};
  EXPECT_EQ(fit_of(unit, a_finding().of(a_thread().cgroup("")).unit("")), Fit::unknown);
  EXPECT_EQ(fit_of(unit, a_finding().of(a_thread().without_details()).unit("")), Fit::unknown);
  Match comm;
  comm.comm = {"*"};
  EXPECT_EQ(fit_of(comm, a_finding().of(a_thread().named("").thread(4243).thread_named("worker"))),
            Fit::unknown);
}

TEST(Match, an_unknown_fact_nobody_asks_for_is_no_matter) {
  EXPECT_EQ(fit_of({}, a_finding().of(a_thread().without_details()).unit("")), Fit::yes);
}

TEST(Match, what_fails_for_sure_is_not_saved_by_what_is_unknown) {
  Match match;
  match.exe = {"*"};
  match.comm = {"other"};
  EXPECT_EQ(fit_of(match, a_finding().of(a_thread().without_details())), Fit::no);
}

TEST(Match, what_is_known_to_be_absent_fails) {
  Match unit;
  unit.unit = {"*"};
  EXPECT_EQ(fit_of(unit, a_finding().of(a_thread().cgroup("/")).unit("")), Fit::no) << "in no unit";
  Match exe;
  exe.exe = {"*"};
  EXPECT_EQ(fit_of(exe, a_finding().of(a_thread().kernel_thread())), Fit::no)
      << "a kernel thread has no executable";
}

const std::string container_id(64, 'a');

Task with_uid(std::optional<std::uint32_t> uid) {
  Task task = a_thread();
  task.uid = uid;
  return task;
}

Task on_device(const DeviceFacts& device) {
  Task task = a_thread().in_d_state();
  task.details->device = device;
  return task;
}

TEST(Match, cgroup_container_and_pod_are_of_the_cgroups_path) {
  Match cgroup;
  cgroup.cgroup = {"/system.slice/*"};
  EXPECT_EQ(fit_of(cgroup, a_finding().of(a_thread().cgroup("/system.slice/db.service"))), Fit::yes);
  EXPECT_EQ(fit_of(cgroup, a_finding().of(a_thread().cgroup("/user.slice"))), Fit::no);
  EXPECT_EQ(fit_of(cgroup, a_finding().of(a_thread().cgroup(""))), Fit::unknown);

  Match container;
  container.container = {"docker:aaaa*"};
  const Finding docker = a_finding().of(a_thread().cgroup("/system.slice/docker-" + container_id + ".scope"));
  EXPECT_EQ(fit_of(container, docker), Fit::yes);
  EXPECT_EQ(fit_of(container, a_finding()), Fit::no) << "of no container";
  EXPECT_EQ(fit_of(container, a_finding().of(a_thread().cgroup(""))), Fit::unknown);

  Match pod;
  pod.pod = {"01234567-89ab-cdef-0123-456789abcdef"};
  const std::string path = "/kubepods/burstable/pod01234567-89ab-cdef-0123-456789abcdef/" + container_id;
  EXPECT_EQ(fit_of(pod, a_finding().of(a_thread().cgroup(path))), Fit::yes);
  EXPECT_EQ(fit_of(pod, docker), Fit::no);
}

TEST(Match, a_user_fits_by_number) {
  Match match;
  match.users = {{"postgres", 105}, {"1000", 1000}};
  EXPECT_EQ(fit_of(match, a_finding().of(with_uid(105))), Fit::yes);
  EXPECT_EQ(fit_of(match, a_finding().of(with_uid(0))), Fit::no);
  EXPECT_EQ(fit_of(match, a_finding().of(with_uid(std::nullopt))), Fit::unknown);
}

TEST(Match, a_syscall_fits_by_its_name) {
  Match match;
  match.syscalls = {"fsync"};
  Task in_fsync = a_thread().in_call(SYS_fsync);
  EXPECT_EQ(fit_of(match, a_finding().of(in_fsync)), Fit::yes);
  EXPECT_EQ(fit_of(match, a_finding().of(a_thread().in_call(SYS_read))), Fit::no);
  in_fsync.call->compat = true;
  EXPECT_EQ(fit_of(match, a_finding().of(in_fsync)), Fit::unknown) << "other numbers, and no names here";
  in_fsync.call.reset();
  EXPECT_EQ(fit_of(match, a_finding().of(in_fsync)), Fit::no);
}

TEST(Match, a_device_fits_by_any_name_of_it_and_of_those_below) {
  DeviceFacts device;
  device.name = "dm-0";
  device.mapper_name = "data";
  device.lower.push_back({1, "sdb"});
  for (const char* glob : {"dm-*", "data", "sdb"}) {
    Match match;
    match.device = {glob};
    EXPECT_EQ(fit_of(match, a_finding().of(on_device(device))), Fit::yes) << glob;
  }
  Match other;
  other.device = {"sda"};
  EXPECT_EQ(fit_of(other, a_finding().of(on_device(device))), Fit::no);
  EXPECT_EQ(fit_of(other, a_finding().of(a_thread().in_d_state())), Fit::unknown) << "it may wait for any";
  EXPECT_EQ(fit_of(other, a_finding().of(a_thread())), Fit::no) << "it waits for none";
}

TEST(Match, a_mount_fits_by_its_point_or_its_source) {
  FileFacts file;
  file.mount_point = "/srv/data";
  file.mount_source = "server:/export";
  for (const char* glob : {"/srv/*", "server:*"}) {
    Match match;
    match.mount = {glob};
    EXPECT_EQ(fit_of(match, a_finding().of(a_thread().in_d_state().on_file(file))), Fit::yes) << glob;
    EXPECT_EQ(fit_of(match, a_finding().of(a_thread().in_d_state())), Fit::unknown);
    EXPECT_EQ(fit_of(match, a_finding().of(a_thread())), Fit::no);
  }
}

TEST(Match, a_victim_is_judged_by_itself_and_by_what_its_root_waits_for) {
  DeviceFacts device;
  device.name = "sdb";
  const Finding root = a_finding().of(on_device(device));
  const Finding view =
      a_finding().cause(Cause::waits_for_stuck).of(a_thread().of_process(50).named("client"));
  Match match;
  match.causes = {Cause::uninterruptible_wait};
  match.comm = {"client"};
  match.device = {"sdb"};
  EXPECT_EQ(fit_of(match, view, root), Fit::yes);
  match.causes = {Cause::waits_for_stuck};
  EXPECT_EQ(fit_of(match, view, root), Fit::yes);
  match.causes = {Cause::starved};
  EXPECT_EQ(fit_of(match, view, root), Fit::no);
}

}  // namespace
}  // namespace wedged
