// SPDX-License-Identifier: Apache-2.0
#include "policy/guard.h"

#include <gtest/gtest.h>

#include "support/builders.h"

namespace wedged {
namespace {

using test::a_finding;
using test::a_thread;

const Surroundings surroundings{900, {800, 700}};

Refusal refusal_of(const Finding& finding, const Policy& policy = {},
                   const Surroundings& around = surroundings) {
  const auto objection = guard(policy, finding, around);
  if (!objection) return Refusal::none;
  EXPECT_FALSE(objection->reason.empty());
  return objection->refusal;
}

Policy protecting(const std::string& glob) {
  Policy policy;
  policy.protect = {glob};
  return policy;
}

TEST(Guard, an_ordinary_process_is_let_through) {
  EXPECT_EQ(refusal_of(a_finding()), Refusal::none);
}

TEST(Guard, pid_1_is_never_signalled) {
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().of_process(1))), Refusal::init_process);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().of_process(1).thread(55))), Refusal::init_process);
}

TEST(Guard, kernel_threads_are_never_signalled) {
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().kernel_thread())), Refusal::kernel_thread);
  EXPECT_EQ(refusal_of(a_finding().and_thread(a_thread().kernel_thread())), Refusal::kernel_thread);
}

TEST(Guard, the_monitor_and_its_ancestors_are_never_signalled) {
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().of_process(900))), Refusal::self);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().of_process(900).thread(901))), Refusal::self);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().of_process(800))), Refusal::own_ancestor);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().of_process(700).thread(701))), Refusal::own_ancestor);
}

TEST(Guard, what_a_host_needs_is_protected_by_name) {
  for (const char* name :
       {"init",         "systemd",     "systemd-journal", "systemd-udevd", "(sd-pam)",        "sshd",
        "sshd-session", "dbus-daemon", "dbus-broker-lau", "containerd",    "containerd-shim", "dockerd",
        "conmon",       "kubelet",     "udevd",           "agetty",        "login",           "multipathd",
        "corosync",     "pacemakerd"}) {
    EXPECT_EQ(refusal_of(a_finding().of(a_thread().named(name))), Refusal::protected_name) << name;
  }
}

TEST(Guard, a_name_that_only_resembles_a_protected_one_is_not_protected) {
  for (const char* name : {"initdb", "mysshd", "xsystemd", "Systemd", "loginx"}) {
    EXPECT_EQ(refusal_of(a_finding().of(a_thread().named(name))), Refusal::none) << name;
  }
}

TEST(Guard, the_policy_protects_further_names) {
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().named("mysqld")), protecting("my*")),
            Refusal::protected_name);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().named("sshd")), protecting("my*")), Refusal::protected_name)
      << "in addition to the built-in list";
}

TEST(Guard, the_name_of_any_thread_of_the_finding_protects) {
  const auto renamed = a_thread().thread(4243).thread_named("sshd");
  EXPECT_EQ(refusal_of(a_finding().of(renamed)), Refusal::protected_name);
  EXPECT_EQ(refusal_of(a_finding().and_thread(renamed)), Refusal::protected_name);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().named("sshd").thread(4243).thread_named("worker"))),
            Refusal::protected_name);
}

TEST(Guard, a_glob_with_a_slash_protects_by_executable) {
  const Policy policy = protecting("/usr/lib/postgresql/*");
  const std::string exe = "/usr/lib/postgresql/15/bin/postgres";
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().exe(exe)), policy), Refusal::protected_name);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().exe(exe + " (deleted)")), policy), Refusal::protected_name);
  EXPECT_EQ(refusal_of(a_finding(), policy), Refusal::none);
}

TEST(Guard, a_name_is_no_path_and_a_path_no_name) {
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().exe("/usr/sbin/mysqld")), protecting("mysqld")),
            Refusal::none);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().named("x/y")), protecting("x/y")), Refusal::none);
}

TEST(Guard, what_is_not_known_is_refused) {
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().without_details())), Refusal::unknown_facts);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().of_process(4242, 0))), Refusal::unknown_facts)
      << "no start time";
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().thread(4243, 0))), Refusal::unknown_facts)
      << "nor of the thread";
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().of_process(0))), Refusal::unknown_facts);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().of_process(-1))), Refusal::unknown_facts);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().named(""))), Refusal::unknown_facts);
  Task torn = a_thread();
  torn.process.tgid = 77;
  EXPECT_EQ(refusal_of(a_finding().of(torn)), Refusal::unknown_facts)
      << "thread and process do not belong together";
}

TEST(Guard, an_unknown_executable_is_refused_only_if_executables_are_protected) {
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().exe(""))), Refusal::none);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().exe("")), protecting("sshd")), Refusal::none);
  EXPECT_EQ(refusal_of(a_finding().of(a_thread().exe("")), protecting("/usr/*")), Refusal::unknown_facts);
}

TEST(Guard, a_monitor_that_does_not_know_itself_signals_nobody) {
  EXPECT_EQ(refusal_of(a_finding(), {}, Surroundings{}), Refusal::unknown_facts);
}

TEST(Guard, the_objections_have_one_order) {
  const auto everything_wrong = [](int tgid) {
    return a_thread().of_process(tgid, 0).named("sshd").kernel_thread().without_details();
  };
  EXPECT_EQ(refusal_of(a_finding().of(everything_wrong(1)), {}, {1, {1}}), Refusal::init_process);
  EXPECT_EQ(refusal_of(a_finding().of(everything_wrong(9)), {}, {9, {9}}), Refusal::kernel_thread);
  const Task user = a_thread().of_process(9, 0).named("sshd").without_details();
  EXPECT_EQ(refusal_of(a_finding().of(user), {}, {9, {9}}), Refusal::self);
  EXPECT_EQ(refusal_of(a_finding().of(user), {}, {8, {9}}), Refusal::own_ancestor);
  EXPECT_EQ(refusal_of(a_finding().of(user), {}, {8, {7}}), Refusal::protected_name);
}

}  // namespace
}  // namespace wedged
