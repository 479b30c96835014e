// SPDX-License-Identifier: Apache-2.0
#include "report/findings_page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/report/report_values.h"

namespace wedged {
namespace {

using namespace test;
using Json = nlohmann::json;

Published a_state() {
  Published state;
  state.at = shown_now();
  state.scan_interval = 1s;
  state.scan_duration = 2ms;
  state.threads_scanned = 300;
  state.enforcing = true;
  state.open = {a_stuck_database()};
  return state;
}

ClockPair later(Duration by) {
  return {shown_now().monotonic + by, shown_now().wall + by};
}

Json page_of(const Published* state, Duration age = 400ms) {
  return Json::parse(json::findings_page(state, later(age)));
}

TEST(FindingsPage, tells_when_it_was_scanned_and_how_often) {
  const auto state = a_state();
  const Json page = page_of(&state);
  EXPECT_EQ(page["schema"], 1);
  EXPECT_EQ(page["last_scan"]["time"], "2024-05-01T03:12:45.123Z");
  EXPECT_DOUBLE_EQ(page["last_scan"]["age_seconds"], 0.4);
  EXPECT_EQ(page["last_scan"]["threads"], 300);
  EXPECT_EQ(page["scan_interval_seconds"], 1.0);
  EXPECT_EQ(page["stale_after_seconds"], 5.0);
  EXPECT_EQ(page["stale"], false);
  EXPECT_EQ(page["enforcing"], true);
}

TEST(FindingsPage, tells_whom_the_daemon_looks_at) {
  auto state = a_state();
  EXPECT_TRUE(page_of(&state)["scope"].is_null());
  EXPECT_TRUE(page_of(nullptr)["scope"].is_null());
  state.scope = {{5, 6}, "/a", {}};
  EXPECT_EQ(page_of(&state)["scope"], Json::parse(R"({"pids": [5, 6], "cgroup": "/a", "missing": null})"));
  state.scope = {{}, "/a", "cgroup /a does not exist"};
  EXPECT_EQ(page_of(&state)["scope"]["missing"], "cgroup /a does not exist");
}

TEST(FindingsPage, has_of_each_finding_what_its_event_has) {
  const auto state = a_state();
  const Json finding = page_of(&state)["findings"].at(0);
  for (const char* field :
       {"cause", "certainty", "since", "summary", "process", "thread", "told_by", "syscall", "lock",
        "evidence", "chain", "kernel_stack", "user_stack", "threads", "victims", "advice"})
    EXPECT_TRUE(finding.contains(field)) << field;
}

TEST(FindingsPage, says_of_each_thread_and_victim_who_it_is_and_where) {
  auto state = a_state();
  const Task victim =
      a_thread().of_process(77).thread(78).named("client").cgroup("/system.slice/web.service");
  Finding stuck = a_stuck_database();
  stuck.victims = {StuckThread{victim, 3s, {}, "a lock"}};
  state.open = {stuck};
  const Json finding = page_of(&state)["findings"].at(0);
  const Json told = finding["victims"].at(0);
  EXPECT_EQ(told["pid"], 77);
  EXPECT_EQ(told["tid"], 78);
  EXPECT_EQ(told["comm"], "client");
  EXPECT_EQ(told["unit"], "web.service");
  EXPECT_EQ(told["cgroup"], "/system.slice/web.service");
  EXPECT_EQ(finding["threads"].at(0)["unit"], "victim.service");
}

TEST(FindingsPage, says_how_many_findings_are_too_many_to_tell) {
  auto state = a_state();
  EXPECT_EQ(page_of(&state)["untold"], 0);
  state.untold = 17;
  EXPECT_EQ(page_of(&state)["untold"], 17);
  EXPECT_TRUE(page_of(nullptr)["untold"].is_null());
}

TEST(FindingsPage, says_whose_stacks_it_shows_of_a_thread_that_has_ended) {
  auto state = a_state();
  state.open = {told_by_a_survivor()};
  const Json finding = page_of(&state)["findings"].at(0);
  EXPECT_EQ(finding["thread"]["tid"], 1250);
  EXPECT_EQ(finding["told_by"]["tid"], 1234);
  EXPECT_EQ(finding["told_by"]["comm"], "main");
}

TEST(FindingsPage, lists_a_thousand_victims) {
  auto state = a_state();
  Finding stuck = a_stuck_database();
  stuck.victims.assign(1000, StuckThread{a_thread().of_process(77), 3s, {}, ""});
  state.open = {stuck};
  const Json finding = page_of(&state)["findings"].at(0);
  EXPECT_EQ(finding["victims"].size(), 1000U);
  EXPECT_EQ(finding["victims_total"], 1000);
}

TEST(FindingsPage, is_stale_after_three_intervals_but_not_within_five_seconds) {
  EXPECT_EQ(stale_after(1s), 5s);
  EXPECT_EQ(stale_after(10s), 30s);
  const auto state = a_state();
  EXPECT_EQ(page_of(&state, 5s)["stale"], false);
  EXPECT_EQ(page_of(&state, 5001ms)["stale"], true);
}

TEST(FindingsPage, says_that_there_was_no_scan_yet) {
  const Published not_scanned;
  for (const Published* state : {static_cast<const Published*>(nullptr), &not_scanned}) {
    const Json page = page_of(state);
    EXPECT_TRUE(page["last_scan"].is_null());
    EXPECT_EQ(page["stale"], true);
    EXPECT_TRUE(page["findings"].empty());
  }
}

}  // namespace
}  // namespace wedged
