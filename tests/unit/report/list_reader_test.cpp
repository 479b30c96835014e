// SPDX-License-Identifier: Apache-2.0
#include "report/list_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "observation/syscall_names.h"
#include "report/findings_page.h"
#include "unit/report/report_values.h"

namespace wedged {
namespace {

using namespace test;
using Json = nlohmann::json;
using testing::HasSubstr;

Finding a_deadlock() {
  Finding finding =
      a_finding().cause(Cause::unkillable).of(a_thread().of_process(7).named("tar").killable()).unit("");
  finding.victims = {{a_thread().thread(9), {}, {}, {}}, {a_thread().thread(10), {}, {}, {}}};
  finding.since_exact = false;
  return finding;
}

Published a_state() {
  Published state;
  state.at = shown_now();
  state.scan_interval = 1s;
  state.threads_scanned = 321;
  state.untold = 17;
  state.open = {a_stuck_database(syscall_number("fsync").value()), a_deadlock()};
  return state;
}

std::string page(Duration age = 1500ms) {
  const auto state = a_state();
  return json::findings_page(&state, {shown_now().monotonic + age, shown_now().wall + age});
}

std::vector<ListedFinding> all_listed(const std::vector<Finding>& findings) {
  std::vector<ListedFinding> lines;
  for (const Finding& finding : findings) lines.push_back(listed(finding));
  return lines;
}

TEST(ListReader, reads_what_the_daemon_serves_as_the_lines_of_the_findings_themselves) {
  const auto listing = read_listing(page());
  ASSERT_TRUE(listing.ok()) << listing.error().message;
  EXPECT_EQ(listing->scan.age, 1500ms);
  EXPECT_EQ(listing->scan.stale_after, 5s);
  EXPECT_EQ(listing->scan.threads, 321U);
  EXPECT_EQ(listing->scan.untold, 17U);
  EXPECT_EQ(listing->findings, all_listed(a_state().open));
}

TEST(ListReader, names_the_same_thread_as_an_own_look_where_another_one_stands_for_it) {
  Published state = a_state();
  state.open = {told_by_a_survivor(), told_by_another_of_the_stuck()};
  const auto listing = read_listing(json::findings_page(&state, shown_now()));
  ASSERT_TRUE(listing.ok()) << listing.error().message;
  EXPECT_EQ(listing->findings, all_listed(state.open));
}

TEST(ListReader, keeps_all_that_the_daemon_tells_in_the_document_of_a_list) {
  const auto listing = read_listing(page());
  ASSERT_TRUE(listing.ok());
  const auto document = Json::parse(listing->document);
  const auto own = Json::parse(render_list(a_state().open, {321, 17}, shown_now(), as_json(), 0));
  EXPECT_EQ(document["schema"], own["schema"]);
  EXPECT_EQ(document["time"], own["time"]);
  EXPECT_EQ(document["threads_scanned"], own["threads_scanned"]);
  ASSERT_EQ(document["findings"].size(), own["findings"].size());
  for (std::size_t at = 0; at < own["findings"].size(); ++at) {
    for (const auto& [key, value] : own["findings"][at].items())
      EXPECT_EQ(document["findings"][at][key], value) << key;
  }
}

TEST(ListReader, takes_the_end_of_the_chain_where_the_thread_itself_does_not_tell) {
  Published state = a_state();
  std::vector<Finding> findings = state.open;
  findings[0].threads[0].waits_for.clear();
  state.open = findings;
  const auto listing = read_listing(json::findings_page(&state, shown_now()));
  ASSERT_TRUE(listing.ok());
  EXPECT_EQ(listing->findings, all_listed(state.open));
  EXPECT_EQ(listing->findings[0].waits_for, "dm-0, suspended");
}

TEST(ListReader, takes_an_earlier_version_at_its_word_that_nothing_is_left_out) {
  Json value = Json::parse(page());
  value.erase("untold");
  const auto listing = read_listing(value.dump());
  ASSERT_TRUE(listing.ok()) << listing.error().message;
  EXPECT_EQ(listing->scan.untold, 0U);
}

TEST(ListReader, reads_calls_without_a_name_and_states_of_later_versions) {
  Json value = Json::parse(page());
  value["findings"][0]["syscall"]["number"] = 0x7fffffff;  // anybody can ask for it
  value["findings"][0]["syscall"]["name"] = nullptr;
  value["findings"][0]["state"] = "of_later_days";
  value["findings"][1]["syscall"] = {{"number", 4}, {"compat", true}};
  const auto listing = read_listing(value.dump());
  ASSERT_TRUE(listing.ok()) << listing.error().message;
  EXPECT_EQ(listing->findings[0].call, "call 2147483647");
  EXPECT_EQ(listing->findings[0].state, RunState::unknown);
  EXPECT_EQ(listing->findings[1].call, "32-bit call 4");
}

TEST(ListReader, says_that_there_was_no_scan_yet) {
  const auto listing = read_listing(json::findings_page(nullptr, shown_now()));
  ASSERT_TRUE(listing.ok()) << listing.error().message;
  EXPECT_FALSE(listing->scan.age);
}

TEST(ListReader, names_the_place_of_what_is_wrong) {
  const std::pair<const char*, const char*> damages[] = {
      {"/last_scan/threads", "last_scan.threads"},
      {"/findings/0/thread/tid", "findings[0].thread.tid"},
      {"/findings/0/state", "findings[0].state"},
      {"/findings/0/syscall/compat", "findings[0].syscall.compat"},
      {"/findings/1/since_exact", "findings[1].since_exact"},
      {"/findings/1/victims_total", "findings[1].victims_total"},
  };
  for (const auto& [pointer, place] : damages) {
    Json value = Json::parse(page());
    value[Json::json_pointer(pointer)] = Json::array({1});
    const auto listing = read_listing(value.dump());
    ASSERT_FALSE(listing.ok()) << pointer;
    EXPECT_EQ(listing.error().kind, ErrorKind::malformed);
    EXPECT_THAT(listing.error().message, HasSubstr(place));
  }
}

TEST(ListReader, takes_any_bytes) {
  const std::string whole = page();
  for (std::size_t size = 0; size + 1 < whole.size(); size += 7)
    EXPECT_FALSE(read_listing(whole.substr(0, size)).ok()) << size;
}

}  // namespace
}  // namespace wedged
