// SPDX-License-Identifier: Apache-2.0
#include "report/health_check.h"

#include <gtest/gtest.h>

#include "unit/report/report_values.h"

namespace wedged {
namespace {

using namespace test;

const std::string id(64, 'c');
const std::string pod = "2c48913c-b29f-11e7-9350-020968147796";

CheckedThread a_checked_thread(int pid, int tid, const std::string& cgroup = "/system.slice/db.service",
                               const std::string& unit = "db.service") {
  return {pid, tid, "postgres", unit, cgroup, 20s};
}

CheckedFinding a_checked_finding(Certainty certainty = Certainty::certain, Duration lasted = 37s) {
  CheckedFinding finding;
  finding.cause = "self_deadlock";
  finding.certainty = certainty;
  finding.lasted = lasted;
  finding.process = a_checked_thread(812, 0);
  finding.process.waiting = {};
  finding.threads = {a_checked_thread(812, 813)};
  return finding;
}

CheckSelection of_pid(int pid) {
  CheckSelection selection;
  selection.pids = {pid};
  return selection;
}

CheckStatus status(const CheckSelection& selection, const std::vector<CheckedFinding>& findings,
                   const CheckLevels& levels = {}) {
  return judge(selection, levels, findings).status;
}

struct LevelCase {
  Certainty certainty;
  Certainty warning;
  Certainty critical;
  CheckStatus status;
};

TEST(HealthCheck, is_as_bad_as_its_surest_finding_by_the_levels_asked_for) {
  using enum Certainty;
  const LevelCase cases[] = {
      {possible, possible, likely, CheckStatus::warning},
      {likely, possible, likely, CheckStatus::critical},
      {certain, possible, likely, CheckStatus::critical},
      {possible, likely, certain, CheckStatus::ok},
      {likely, likely, certain, CheckStatus::warning},
      {certain, likely, certain, CheckStatus::critical},
      {possible, possible, possible, CheckStatus::critical},
      {likely, certain, certain, CheckStatus::ok},
      {likely, certain, likely, CheckStatus::critical},
  };
  for (const auto& one : cases)
    EXPECT_EQ(status({}, {a_checked_finding(one.certainty)}, {one.warning, one.critical, {}}), one.status)
        << name_of(one.certainty) << " " << name_of(one.warning) << " " << name_of(one.critical);
}

TEST(HealthCheck, without_findings_is_ok) {
  EXPECT_EQ(status({}, {}), CheckStatus::ok);
  EXPECT_EQ(status(of_pid(1), {}), CheckStatus::ok);
}

TEST(HealthCheck, does_not_count_what_is_younger_than_asked_for) {
  const auto finding = a_checked_finding(Certainty::certain, 37s);
  EXPECT_EQ(status({}, {finding}, {Certainty::possible, Certainty::likely, 37s}), CheckStatus::critical);
  const auto verdict = judge({}, {Certainty::possible, Certainty::likely, 37001ms}, {finding});
  EXPECT_EQ(verdict.status, CheckStatus::ok);
  EXPECT_EQ(verdict.left_out, 1U);
  EXPECT_EQ(verdict.threads, 0U);
}

CheckSelection units(const std::string& unit) {
  return {{unit}, {}, {}, {}, {}};
}
CheckSelection cgroups(const std::string& cgroup) {
  return {{}, {}, {cgroup}, {}, {}};
}

TEST(HealthCheck, selects_a_unit_by_its_name_a_glob_or_one_around_it) {
  const auto thread =
      a_checked_thread(812, 813, "/app.slice/app-db.slice/db@main.service/part", "db@main.service");
  for (const char* unit :
       {"db@main.service", "db@main", "db@*", "db@*.service", "*", "app.slice", "app-*.slice"})
    EXPECT_TRUE(selects(units(unit), thread)) << unit;
  for (const char* unit :
       {"db", "db@", "main", "part", "db@other.service", "app", "web.service", "db@main.scope"})
    EXPECT_FALSE(selects(units(unit), thread)) << unit;
}

TEST(HealthCheck, takes_the_name_of_a_unit_with_escapes_as_it_is) {
  const auto thread = a_checked_thread(1, 1, "/system.slice/app\\x2dweb.service", "app\\x2dweb.service");
  EXPECT_TRUE(selects(units("app\\x2dweb.service"), thread));
  EXPECT_FALSE(selects(units("app-web.service"), thread));
}

TEST(HealthCheck, selects_a_cgroup_with_those_below_it) {
  const auto thread = a_checked_thread(812, 813, "/system.slice/db.service/part");
  for (const char* cgroup :
       {"/", "/system.slice", "/system.slice/db.service", "/system.slice/db.service/part"})
    EXPECT_TRUE(selects(cgroups(cgroup), thread)) << cgroup;
  for (const char* cgroup :
       {"/system", "/system.slice/db", "/system.slice/db.service/part/more", "/user.slice"})
    EXPECT_FALSE(selects(cgroups(cgroup), thread)) << cgroup;
}

TEST(HealthCheck, selects_containers_by_the_beginning_of_the_id_and_the_ones_around) {
  CheckSelection inner;
  inner.containers = {{"docker", id.substr(0, 12)}};
  const std::string outer(64, '1');
  const auto nested = a_checked_thread(1, 1, "/docker/" + id + "/docker/" + outer, "docker:" + outer);
  EXPECT_TRUE(selects(inner, a_checked_thread(1, 1, "/docker/" + id + "/init", "")));
  EXPECT_TRUE(selects(inner, nested));
  EXPECT_FALSE(selects(inner, a_checked_thread(1, 1, "/docker/" + outer, "")));
  EXPECT_FALSE(selects(inner, a_checked_thread(1, 1)));
}

TEST(HealthCheck, selects_a_pod_with_all_its_containers) {
  CheckSelection selection;
  selection.pods = {pod};
  EXPECT_TRUE(selects(selection, a_checked_thread(1, 1, "/kubepods/burstable/pod" + pod + "/" + id, "")));
  EXPECT_FALSE(selects(selection, a_checked_thread(1, 1, "/kubepods/burstable", "")));
}

TEST(HealthCheck, takes_what_fits_any_of_several_things_asked_for) {
  CheckSelection selection = of_pid(1);
  selection.units = {"db"};
  EXPECT_TRUE(selects(selection, a_checked_thread(812, 813)));
  EXPECT_TRUE(selects(selection, a_checked_thread(1, 2, "/", "")));
  EXPECT_FALSE(selects(selection, a_checked_thread(3, 4, "/", "")));
}

TEST(HealthCheck, selects_nobody_whose_place_is_not_known) {
  for (const auto& selection : {units("*"), cgroups("/")})
    EXPECT_FALSE(selects(selection, a_checked_thread(812, 813, "", "")));
}

TEST(HealthCheck, of_a_process_counts_all_its_threads_and_of_another_one_nothing) {
  auto finding = a_checked_finding();
  finding.threads.push_back(a_checked_thread(812, 814));
  finding.threads.push_back(a_checked_thread(900, 901));
  const auto verdict = judge(of_pid(812), {}, {finding});
  EXPECT_EQ(verdict.status, CheckStatus::critical);
  EXPECT_EQ(verdict.threads, 2U);
  EXPECT_EQ(verdict.oldest, 37s);
  EXPECT_EQ(status(of_pid(900), {finding}), CheckStatus::critical);  // part of the cycle
  EXPECT_EQ(status(of_pid(81), {finding}), CheckStatus::ok);
}

TEST(HealthCheck, of_a_victim_is_critical_and_names_the_one_that_waits_longest) {
  auto finding = a_checked_finding(Certainty::possible, 100s);
  finding.victims = {a_checked_thread(7, 70), a_checked_thread(7, 71), a_checked_thread(8, 80)};
  finding.victims[1].waiting = 30s;
  finding.victims[2].waiting = 90s;
  const auto verdict = judge(of_pid(7), {}, {finding});
  EXPECT_EQ(verdict.status, CheckStatus::critical);
  EXPECT_EQ(verdict.threads, 2U);
  ASSERT_EQ(verdict.hits.size(), 1U);
  ASSERT_TRUE(verdict.hits[0].victim);
  EXPECT_EQ(verdict.hits[0].victim->tid, 71);
  EXPECT_EQ(verdict.oldest, 30s);
}

TEST(HealthCheck, of_a_victim_asks_how_long_itself_has_waited) {
  auto finding = a_checked_finding(Certainty::certain, 1000s);
  finding.victims = {a_checked_thread(7, 70)};
  EXPECT_EQ(status(of_pid(7), {finding}, {Certainty::possible, Certainty::likely, 21s}), CheckStatus::ok);
  EXPECT_EQ(status(of_pid(812), {finding}, {Certainty::possible, Certainty::likely, 21s}),
            CheckStatus::critical);
}

TEST(HealthCheck, of_a_root_and_its_victims_tells_the_root) {
  auto finding = a_checked_finding(Certainty::possible);
  finding.victims = {a_checked_thread(7, 70)};
  const auto verdict = judge({}, {}, {finding});
  EXPECT_EQ(verdict.status, CheckStatus::warning);
  EXPECT_FALSE(verdict.hits[0].victim);
  EXPECT_EQ(verdict.threads, 2U);
}

TEST(HealthCheck, has_the_worst_first) {
  auto longer = a_checked_finding(Certainty::possible, 900s);
  auto surer = a_checked_finding(Certainty::certain, 1s);
  auto in_between = a_checked_finding(Certainty::certain, 2s);
  const auto verdict = judge({}, {}, {longer, surer, in_between});
  ASSERT_EQ(verdict.hits.size(), 3U);
  EXPECT_EQ(verdict.hits[0].lasted, 2s);
  EXPECT_EQ(verdict.hits[1].lasted, 1s);
  EXPECT_EQ(verdict.oldest, 900s);
}

TEST(HealthCheck, cannot_tell_of_somebody_who_may_be_among_victims_that_are_not_listed) {
  auto finding = a_checked_finding();
  finding.cut = true;
  EXPECT_EQ(status(of_pid(7), {finding}), CheckStatus::unknown);
  EXPECT_EQ(status(of_pid(812), {finding}), CheckStatus::critical);
}

TEST(HealthCheck, cannot_tell_of_a_place_while_that_of_a_stuck_thread_is_not_known) {
  auto finding = a_checked_finding();
  finding.process.cgroup = finding.process.unit = "";
  for (auto& thread : finding.threads) thread.cgroup = thread.unit = "";
  EXPECT_EQ(status(units("other"), {finding}), CheckStatus::unknown);
  EXPECT_EQ(status(of_pid(7), {finding}), CheckStatus::ok);
  EXPECT_EQ(status(of_pid(812), {finding}), CheckStatus::critical);
  auto another = a_checked_finding();
  EXPECT_EQ(status(units("db"), {finding, another}), CheckStatus::critical);
}

// A process goes on without its main thread, or without one that crashed, for ever perhaps.
TEST(HealthCheck, a_dead_thread_is_where_its_process_is) {
  auto finding = a_checked_finding();
  for (auto& thread : finding.threads) thread.cgroup = thread.unit = "";
  EXPECT_EQ(status(units("other"), {finding}), CheckStatus::ok);
  const auto verdict = judge(units("db"), {}, {finding});
  EXPECT_EQ(verdict.status, CheckStatus::critical);
  EXPECT_EQ(verdict.threads, finding.threads.size());
}

TEST(HealthCheck, takes_over_from_a_finding_what_it_needs) {
  auto finding = a_stuck_database();
  finding.victims = {StuckThread{a_thread().of_process(7).thread(70).named("client"), 4s, {}, ""}};
  const auto value = checked(finding);
  EXPECT_EQ(value.cause, "uninterruptible_wait");
  EXPECT_EQ(
      value.process,
      (CheckedThread{1234, 0, "postgres", "postgresql@15-main.service", "/system.slice/victim.service", {}}));
  ASSERT_EQ(value.threads.size(), 1U);
  EXPECT_EQ(value.threads[0], (CheckedThread{1234, 1250, "walwriter", "victim.service",
                                             "/system.slice/victim.service", 12'345ms}));
  ASSERT_EQ(value.victims.size(), 1U);
  EXPECT_EQ(value.victims[0].pid, 7);
}

}  // namespace
}  // namespace wedged
