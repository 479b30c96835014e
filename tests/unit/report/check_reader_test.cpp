// SPDX-License-Identifier: Apache-2.0
#include "report/check_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/findings_page.h"
#include "unit/report/report_values.h"

namespace wedged {
namespace {

using namespace test;
using Json = nlohmann::json;
using testing::HasSubstr;

Published a_state() {
  Published state;
  state.at = shown_now();
  state.scan_interval = 2s;
  Finding stuck = a_stuck_database();
  stuck.victims = {StuckThread{a_thread().of_process(7).thread(70).named("client"), 4s, {}, ""}};
  state.open = {stuck};
  return state;
}

std::string page(Duration age = 1500ms) {
  const auto state = a_state();
  return json::findings_page(&state, {shown_now().monotonic + age, shown_now().wall + age});
}

TEST(CheckReader, reads_what_the_daemon_serves_as_the_findings_themselves) {
  const auto answer = read_findings_page(page());
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->scan.age, 1500ms);
  EXPECT_EQ(answer->scan.stale_after, 6s);
  EXPECT_EQ(answer->findings, checked(a_state().open));
}

TEST(CheckReader, reads_a_page_from_before_the_first_scan) {
  const auto answer = read_findings_page(json::findings_page(nullptr, shown_now()));
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_FALSE(answer->scan.age);
  EXPECT_EQ(judge({}, {}, *answer).status, CheckStatus::unknown);
}

TEST(CheckReader, trusts_no_daemon_that_has_stopped_to_look) {
  const auto fresh = read_findings_page(page(6s));
  const auto stale = read_findings_page(page(6001ms));
  ASSERT_TRUE(fresh.ok() && stale.ok());
  EXPECT_EQ(judge({}, {}, *fresh).status, CheckStatus::critical);
  const auto verdict = judge({}, {}, *stale);
  EXPECT_EQ(verdict.status, CheckStatus::unknown);
  EXPECT_THAT(verdict.trouble, HasSubstr("last scan was 6 s ago"));
}

TEST(CheckReader, reads_whom_the_daemon_looks_at_and_of_earlier_ones_that_it_is_everybody) {
  auto state = a_state();
  state.scope = {{5, 6}, "/a", {}};
  const auto text = json::findings_page(&state, shown_now());
  EXPECT_EQ(read_findings_page(text)->scan.scope, state.scope);
  Json value = Json::parse(text);
  value.erase("scope");
  EXPECT_TRUE(read_findings_page(value.dump())->scan.scope.whole_host());
}

TEST(CheckReader, trusts_no_daemon_in_whose_scope_nobody_can_be) {
  auto state = a_state();
  state.open = {};
  state.scope = {{}, "/a", "cgroup /a does not exist"};
  const auto verdict = judge({}, {}, *read_findings_page(json::findings_page(&state, shown_now())));
  EXPECT_EQ(verdict.status, CheckStatus::unknown);
  EXPECT_EQ(verdict.trouble, "the daemon watches cgroup /a alone, and cgroup /a does not exist");
}

TEST(CheckReader, knows_of_lists_that_are_cut) {
  Json value = Json::parse(page());
  value["findings"][0]["victims_total"] = 5000;
  const auto answer = read_findings_page(value.dump());
  ASSERT_TRUE(answer.ok());
  EXPECT_TRUE(answer->findings[0].cut);
}

TEST(CheckReader, does_not_mind_fields_of_later_versions) {
  Json value = Json::parse(page());
  value["more"] = 1;
  value["findings"][0]["process"]["more"] = 1;
  EXPECT_TRUE(read_findings_page(value.dump()).ok());
}

struct Damage {
  const char* pointer;
  Json value;
  const char* place;
};

TEST(CheckReader, names_the_place_of_what_is_wrong) {
  const Damage damages[] = {
      {"/schema", 2, "schema"},
      {"/schema", "1", "schema"},
      {"/findings", Json::object(), "findings"},
      {"/last_scan/age_seconds", -1, "last_scan.age_seconds"},
      {"/last_scan/age_seconds", "old", "last_scan.age_seconds"},
      {"/stale_after_seconds", nullptr, "stale_after_seconds"},
      {"/scope", "/a", "scope"},
      {"/scope", {{"pids", {-1}}}, "scope.pids[0]"},
      {"/findings/0/certainty", "sure", "findings[0].certainty"},
      {"/findings/0/lasted_seconds", 1e300, "findings[0].lasted_seconds"},
      {"/findings/0/process/pid", "1", "findings[0].process.pid"},
      {"/findings/0/process/pid", 1e10, "findings[0].process.pid"},
      {"/findings/0/process/pid", 5000000000, "findings[0].process.pid"},
      {"/findings/0/process", Json::array(), "findings[0].process"},
      {"/findings/0/threads/0/tid", -4, "findings[0].threads[0].tid"},
      {"/findings/0/victims/0/cgroup", 3, "findings[0].victims[0].cgroup"},
      {"/findings/0/victims_total", nullptr, "findings[0].victims_total"},
  };
  for (const auto& damage : damages) {
    Json value = Json::parse(page());
    value[Json::json_pointer(damage.pointer)] = damage.value;
    const auto answer = read_findings_page(value.dump());
    ASSERT_FALSE(answer.ok()) << damage.pointer;
    EXPECT_EQ(answer.error().kind, ErrorKind::malformed);
    EXPECT_THAT(answer.error().message, HasSubstr(damage.place));
  }
}

TEST(CheckReader, names_what_is_missing) {
  for (const char* field :
       {"cause", "certainty", "lasted_seconds", "summary", "process", "threads", "victims"}) {
    Json value = Json::parse(page());
    value["findings"][0].erase(field);
    const auto answer = read_findings_page(value.dump());
    ASSERT_FALSE(answer.ok()) << field;
    EXPECT_EQ(answer.error().message, "findings[0]." + std::string(field) + " is missing");
  }
}

TEST(CheckReader, takes_any_bytes) {
  const std::string whole = page();
  for (const std::string& body : {std::string(), std::string("ok\n"), std::string("[]"), std::string("null"),
                                  std::string("\xff\xfe{}"), std::string(100'000, '['), std::string("1e999")})
    EXPECT_FALSE(read_findings_page(body).ok()) << body.substr(0, 20);
  for (std::size_t size = 0; size + 1 < whole.size(); size += 7)
    EXPECT_FALSE(read_findings_page(whole.substr(0, size)).ok()) << size;
}

}  // namespace
}  // namespace wedged
