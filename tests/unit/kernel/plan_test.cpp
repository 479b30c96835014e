// SPDX-License-Identifier: Apache-2.0
#include "kernel/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wedged {
namespace {

using testing::HasSubstr;

KernelFacts all_facts() {
  KernelFacts facts;
  facts.release = "6.1.0";
  facts.has_btf = facts.task_iterator = facts.task_file_iterator = facts.task_storage = true;
  facts.task_walk = facts.task_registers = facts.symbol_names = facts.frozen_state = facts.arrival_times =
      true;
  facts.possible_cpus = 2;
  facts.host_pid_namespace = true;
  facts.tracepoints = {tracepoints_of_interest().begin(), tracepoints_of_interest().end()};
  return facts;
}

TEST(Plan, loads_everything_where_everything_is_there) {
  const auto plan = make_plan(all_facts(), Observing::calls);
  ASSERT_TRUE(plan.ok());
  for (const auto& program : plan->programs)
    EXPECT_TRUE(program.load) << program.name << ": " << program.reason;
  EXPECT_TRUE(plan->track_calls);
}

TEST(Plan, storage_comes_before_switches_and_switches_before_calls) {
  const auto plan = make_plan(all_facts(), Observing::calls);
  ASSERT_TRUE(plan.ok());
  const auto position = [&](const char* name) { return plan->find(name) - plan->programs.data(); };
  EXPECT_LT(position("scan_tasks"), position("sched_process_fork"));
  EXPECT_LT(position("sched_process_fork"), position("sched_switch"));
  EXPECT_LT(position("sched_switch"), position("sys_exit"));
  EXPECT_LT(position("sys_exit"), position("sys_enter"));
  EXPECT_LT(position("sys_enter"), position("signal_deliver"));
}

TEST(Plan, scanning_needs_no_tracepoint_of_calls_or_switches) {
  const auto plan = make_plan(all_facts(), Observing::scan);
  ASSERT_TRUE(plan.ok());
  for (const char* name : {"sys_enter", "sys_exit", "sched_switch", "sched_wakeup"}) {
    EXPECT_FALSE(plan->find(name)->load);
    EXPECT_THAT(plan->find(name)->reason, HasSubstr("--observe=scan"));
  }
  EXPECT_TRUE(plan->find("scan_tasks")->load);
  EXPECT_FALSE(plan->track_calls);
}

TEST(Plan, a_kernel_without_loops_over_tasks_is_scanned_all_the_same) {
  auto facts = all_facts();
  facts.task_walk = false;
  const auto plan = make_plan(facts, Observing::calls);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->find("walk_tasks"), nullptr);
  EXPECT_TRUE(plan->find("scan_tasks")->load);
}

TEST(Plan, raw_tracepoints_stand_in_for_typed_ones) {
  auto facts = all_facts();
  facts.tracepoints.erase("sys_enter");
  const auto plan = make_plan(facts, Observing::calls);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->find("sys_enter"), nullptr);
  EXPECT_TRUE(plan->find("sys_enter_raw")->load);
  EXPECT_TRUE(plan->find("sys_exit")->load);
}

TEST(Plan, calls_are_not_followed_without_switches) {
  auto facts = all_facts();
  facts.tracepoints.erase("sched_switch");
  const auto plan = make_plan(facts, Observing::calls);
  ASSERT_TRUE(plan.ok());
  EXPECT_FALSE(plan->track_calls);
  for (const char* name : {"sys_enter", "sys_exit", "signal_deliver", "crashed_thread_exit"}) {
    EXPECT_FALSE(plan->find(name)->load) << name;
    EXPECT_THAT(plan->find(name)->reason, HasSubstr("sched_switch")) << name;
  }
}

TEST(Plan, every_program_that_is_not_loaded_has_a_reason) {
  auto facts = all_facts();
  facts.tracepoints.clear();
  facts.task_file_iterator = false;
  for (const auto observing : {Observing::calls, Observing::scan}) {
    const auto plan = make_plan(facts, observing);
    ASSERT_TRUE(plan.ok());
    for (const auto& program : plan->programs)
      EXPECT_EQ(program.load, program.reason.empty()) << program.name;
  }
}

TEST(Plan, missing_privileges_are_all_named) {
  auto facts = all_facts();
  facts.missing_capabilities = {"CAP_BPF", "CAP_PERFMON"};
  const auto plan = make_plan(facts, Observing::calls);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().kind, ErrorKind::denied);
  EXPECT_THAT(plan.error().message, HasSubstr("CAP_BPF, CAP_PERFMON"));
}

TEST(Plan, a_kernel_without_what_is_required_is_refused_with_all_that_it_lacks) {
  auto facts = all_facts();
  facts.task_storage = facts.task_registers = false;
  const auto plan = make_plan(facts, Observing::calls);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(plan.error().message, HasSubstr("task storage"));
  EXPECT_THAT(plan.error().message, HasSubstr("bpf_task_pt_regs"));
}

TEST(Plan, a_nested_pid_namespace_is_refused_because_ids_would_mean_others) {
  auto facts = all_facts();
  facts.host_pid_namespace = false;
  const auto plan = make_plan(facts, Observing::calls);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(plan.error().message, HasSubstr("PID namespace"));
}

TEST(Plan, without_btf_only_that_is_said) {
  KernelFacts facts;
  facts.host_pid_namespace = true;
  const auto plan = make_plan(facts, Observing::calls);
  ASSERT_FALSE(plan.ok());
  EXPECT_THAT(plan.error().message, HasSubstr("CONFIG_DEBUG_INFO_BTF"));
}

TEST(Plan, counts_heads_only_where_it_is_asked_to) {
  EXPECT_EQ(make_plan(all_facts(), Observing::calls)->find("census_tasks"), nullptr);
  const auto plan = make_plan(all_facts(), Observing::scan, Headcount::census);
  ASSERT_TRUE(plan.ok());
  EXPECT_TRUE(plan->find("census_tasks")->load);
}

TEST(Plan, without_a_refused_program_goes_on_with_the_rest) {
  const auto plan = without(*make_plan(all_facts(), Observing::calls), "scan_holders", "refused");
  EXPECT_FALSE(plan.find("scan_holders")->load);
  EXPECT_EQ(plan.find("scan_holders")->reason, "refused");
  EXPECT_TRUE(plan.track_calls);
  for (const auto& program : plan.programs)
    EXPECT_EQ(program.load, program.name != "scan_holders") << program.name;
}

TEST(Plan, without_a_refused_switch_follows_no_calls) {
  const auto plan = without(*make_plan(all_facts(), Observing::calls), "sched_switch", "refused");
  EXPECT_FALSE(plan.track_calls);
  for (const char* name : {"sys_enter", "sys_exit", "signal_deliver", "crashed_thread_exit", "watch_loops"})
    EXPECT_FALSE(plan.find(name)->load) << name;
}

TEST(Plan, without_the_begin_or_end_of_calls_follows_no_handler_that_would_seem_never_to_return) {
  for (const char* refused : {"sys_enter", "sys_exit"}) {
    const auto plan = without(*make_plan(all_facts(), Observing::calls), refused, "refused");
    EXPECT_FALSE(plan.track_calls);
    for (const char* name :
         {"sys_enter", "sys_exit", "signal_deliver", "crashed_thread_exit", "watch_loops"}) {
      ASSERT_NE(plan.find(name), nullptr) << name;
      EXPECT_FALSE(plan.find(name)->load) << name;
    }
    EXPECT_EQ(plan.find(refused)->reason, "refused");
    EXPECT_EQ(plan.find("signal_deliver")->reason,
              "calls cannot be followed without " + std::string(refused));
    EXPECT_TRUE(plan.find("sched_switch")->load);
  }
}

TEST(Plan, without_the_loop_over_tasks_misses_nothing_but_speed) {
  EXPECT_EQ(without(*make_plan(all_facts(), Observing::calls), "walk_tasks", "refused").find("walk_tasks"),
            nullptr);
}

}  // namespace
}  // namespace wedged
