// SPDX-License-Identifier: Apache-2.0
// /api/v1/history, /api/v1/syscalls, /api/v1/monitor, and the decisions in /api/v1/findings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/chronicle.h"
#include "report/findings_page.h"
#include "report/history_page.h"
#include "report/monitor_page.h"
#include "report/syscalls_page.h"
#include "unit/report/report_values.h"

namespace wedged {
namespace {

using namespace test;
using Json = nlohmann::json;

Published a_state(Chronicle& chronicle) {
  Published state;
  state.at = shown_now();
  state.scan_interval = 1s;
  state.threads_scanned = 300;
  state.started = test_now - 60s;
  state.open = {a_stuck_database()};
  state.story = chronicle.story();
  state.syscall_series = chronicle.series().syscalls();
  state.monitor_series = chronicle.series().monitor();
  return state;
}

SyscallStats calls_of(const char* name, std::uint64_t calls) {
  SyscallStats stats;
  stats.number = syscall_number(name).value();
  stats.calls = calls;
  stats.total_ns = calls * 1000;
  stats.buckets[2] = calls;
  return stats;
}

TEST(HistoryPage, has_what_holds_and_what_has_ended_newest_first) {
  Chronicle chronicle;
  Finding older = a_wait_for_a_mutex();
  older.key.cause = Cause::self_deadlock;
  Finding newer = older;
  newer.key.cause = Cause::dead_owner;
  chronicle.found({{older, newer, a_stuck_database()}, {}, {}}, test_now - 60s);
  chronicle.found({{}, {}, {older}}, test_now - 30s);
  chronicle.found({{}, {}, {newer}}, test_now - 20s);
  const auto state = a_state(chronicle);
  const Json page = Json::parse(json::history_page(&state, shown_now()));
  ASSERT_EQ(page["findings"].size(), 3U);
  EXPECT_EQ(page["findings"][0]["cause"], "uninterruptible_wait");
  EXPECT_TRUE(page["findings"][0]["ended"].is_null());
  EXPECT_DOUBLE_EQ(page["findings"][0]["lasted_seconds"], 72.345);
  EXPECT_EQ(page["findings"][1]["cause"], "dead_owner");
  EXPECT_EQ(page["findings"][1]["ended"], "2024-05-01T03:12:25.123Z");
  EXPECT_EQ(page["findings"][2]["cause"], "self_deadlock");
  EXPECT_EQ(page["revision"], chronicle.story()->revision);
}

TEST(FindingsPageDecisions, are_those_about_the_finding_with_what_came_of_them) {
  Chronicle chronicle;
  chronicle.found({{a_stuck_database()}, {}, {}}, test_now);
  const Decision decision = a_decision(Verdict::act);
  chronicle.decided(decision, {});
  chronicle.acted({decision, OutcomeKind::failed, "no such process", test_now + 1s});
  const auto state = a_state(chronicle);
  const Json page = Json::parse(json::findings_page(&state, shown_now()));
  const Json note = page["findings"].at(0)["decisions"].at(0);
  EXPECT_EQ(note["rule"], "kill-stuck-writers");
  EXPECT_EQ(note["verdict"], "act");
  EXPECT_EQ(note["rung"], 2);
  EXPECT_EQ(note["rungs"], 3);
  EXPECT_TRUE(note["refusal"].is_null());
  EXPECT_EQ(note["outcome"]["result"], "failed");
  EXPECT_EQ(note["outcome"]["detail"], "no such process");
}

TEST(FindingsPageDecisions, are_an_empty_list_where_none_was_made) {
  Chronicle chronicle;
  auto state = a_state(chronicle);
  EXPECT_EQ(Json::parse(json::findings_page(&state, shown_now()))["findings"].at(0)["decisions"],
            Json::array());
  state.story = nullptr;
  EXPECT_EQ(Json::parse(json::findings_page(&state, shown_now()))["findings"].at(0)["decisions"],
            Json::array());
}

TEST(SyscallsPage, has_columns_of_equal_length_the_busiest_call_first) {
  Chronicle chronicle;
  chronicle.scanned({test_now - 20s, {}, {}, 1}, {calls_of("openat", 0), calls_of("mmap", 0)}, {});
  chronicle.scanned({test_now - 10s, {}, {}, 1}, {calls_of("openat", 10), calls_of("mmap", 0)}, {});
  chronicle.scanned({test_now, {}, {}, 1}, {calls_of("openat", 10), calls_of("mmap", 500)}, {});
  const auto state = a_state(chronicle);
  const Json page = Json::parse(json::syscalls_page(&state, shown_now()));
  EXPECT_EQ(page["times"].size(), 2U);
  EXPECT_EQ(page["times"][1], "2024-05-01T03:12:45.123Z");
  ASSERT_EQ(page["syscalls"].size(), 2U);
  EXPECT_EQ(page["syscalls"][0]["syscall"], "mmap");
  EXPECT_EQ(page["syscalls"][0]["made_to_wait"], false);
  EXPECT_EQ(page["syscalls"][0]["calls_per_second"], Json::array({0.0, 50.0}));
  EXPECT_TRUE(page["syscalls"][0]["p50_seconds"][0].is_null());
  EXPECT_GT(page["syscalls"][0]["p50_seconds"][1], 0.0);
}

TEST(SyscallsPage, lists_twenty_calls_that_wait_and_twenty_that_do_not) {
  Chronicle chronicle;
  SyscallTable table;
  for (int number = 0; number < 96; ++number) {
    table.push_back({});
    table.back().number = number;
  }
  chronicle.scanned({test_now - 10s, {}, {}, 1}, table, {});
  for (SyscallStats& stats : table) stats.calls = stats.buckets[2] = 5;
  chronicle.scanned({test_now, {}, {}, 1}, table, {});
  const auto state = a_state(chronicle);
  const Json page = Json::parse(json::syscalls_page(&state, shown_now()));
  EXPECT_EQ(page["syscalls"].size(), 2 * json::most_calls_of_a_kind);
}

TEST(MonitorPage, tells_of_health_programs_losses_and_policy) {
  Chronicle chronicle;
  auto state = a_state(chronicle);
  state.host = "db1";
  state.programs = {{"handle_exit", true, ""}, {"fuse_scan", false, "the kernel has no such iterator"}};
  state.losses = {{"task_records", 3}};
  state.suspension = a_suspension().suspension;
  state.config_ok = false;
  const Json page = Json::parse(json::monitor_page(&state, shown_now()));
  EXPECT_EQ(page["healthy"], true);
  EXPECT_EQ(page["host"], "db1");
  EXPECT_DOUBLE_EQ(page["uptime_seconds"], 60);
  EXPECT_EQ(page["programs"][1]["reason"], "the kernel has no such iterator");
  EXPECT_TRUE(page["programs"][0]["reason"].is_null());
  EXPECT_EQ(page["losses"]["task_records"], 3);
  EXPECT_EQ(page["suspension"]["reason"], "21 decisions in 1 minute");
  EXPECT_EQ(page["config"]["ok"], false);
}

TEST(MonitorPage, has_its_own_series) {
  Chronicle chronicle;
  chronicle.scanned({test_now - 10s, 1ms, 1ms, 1}, {}, {});
  chronicle.scanned({test_now, 5ms, 100ms, 42}, {}, {});
  const auto state = a_state(chronicle);
  const Json series = Json::parse(json::monitor_page(&state, shown_now()))["series"];
  EXPECT_EQ(series["threads"], Json::array({42}));
  EXPECT_EQ(series["longest_scan_seconds"], Json::array({0.005}));
  EXPECT_EQ(series["cpu_share"], Json::array({0.01}));
}

TEST(MemoryPages, say_that_there_was_no_scan_yet) {
  const Published not_scanned;
  for (const Published* state : {static_cast<const Published*>(nullptr), &not_scanned}) {
    EXPECT_TRUE(Json::parse(json::history_page(state, shown_now()))["findings"].empty());
    EXPECT_TRUE(Json::parse(json::syscalls_page(state, shown_now()))["syscalls"].empty());
    const Json monitor = Json::parse(json::monitor_page(state, shown_now()));
    EXPECT_EQ(monitor["healthy"], false);
    EXPECT_EQ(monitor["reason"], "there was no scan yet");
    EXPECT_TRUE(monitor["last_scan"].is_null());
  }
}

TEST(MemoryPages, are_ascii_whatever_names_are) {
  Chronicle chronicle;
  Finding finding = a_stuck_database();
  finding.task.comm = finding.task.process_comm = finding.summary = hostile_name();
  chronicle.found({{finding}, {}, {}}, test_now);
  const auto state = a_state(chronicle);
  EXPECT_TRUE(harmless_lines(json::history_page(&state, shown_now())));
  EXPECT_TRUE(Json::accept(json::history_page(&state, shown_now())));
}

TEST(Rounded, keeps_three_digits) {
  EXPECT_DOUBLE_EQ(json::rounded(0), 0);
  EXPECT_DOUBLE_EQ(json::rounded(1234567), 1230000);
  EXPECT_DOUBLE_EQ(json::rounded(1.23456e-6), 1.23e-6);
  EXPECT_DOUBLE_EQ(json::rounded(-0.0456789), -0.0457);
}

}  // namespace
}  // namespace wedged
