// SPDX-License-Identifier: Apache-2.0
#include "report/list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "observation/syscall_names.h"
#include "report/escape.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;

std::vector<Finding> two_findings() {
  Finding other =
      a_finding().cause(Cause::unkillable).of(a_thread().of_process(7).named("tar").killable()).unit("");
  other.lasted = 200s;
  return {a_stuck_database(syscall_number("fsync").value()), other};
}

std::string list(const std::vector<Finding>& findings, unsigned width) {
  return render_list(findings, {321, {}}, shown_now(), plain_text(), width);
}

TEST(List, says_that_nothing_is_stuck_on_a_healthy_host) {
  EXPECT_EQ(list({}, 80), "nothing is stuck (321 threads looked at)\n");
}

TEST(List, has_one_line_for_each_finding) {
  EXPECT_EQ(
      list(two_findings(), 0),
      "CAUSE                 PID/TID    COMM       STATE  FOR          CALL   WAITS FOR                      "
      "UNIT\n"
      "uninterruptible_wait  1234/1250  walwriter  D      12.3 s       fsync  device dm-0 (data), suspended  "
      "postgresql@15-main.service\n"
      "unkillable            7/7        tar        D      >3 min 20 s  -      -                              "
      "-\n"
      "2 findings (321 threads looked at)\n");
}

TEST(List, counts_the_other_threads_of_a_finding) {
  Finding finding = a_stuck_database();
  finding.threads.push_back({a_thread().thread(9), {}, {}, {}});
  EXPECT_THAT(list({finding}, 0), HasSubstr("suspended (+1 threads)"));
}

TEST(List, counts_the_victims_of_a_finding) {
  Finding finding = a_stuck_database();
  finding.victims = {{a_thread().thread(9), {}, {}, {}}, {a_thread().thread(10), {}, {}, {}}};
  EXPECT_THAT(list({finding}, 0), HasSubstr("suspended (2 wait for it)"));
}

TEST(List, names_the_root_where_the_thread_itself_does_not_tell) {
  Finding finding = a_stuck_database();
  finding.threads[0].waits_for.clear();
  EXPECT_THAT(list({finding}, 0), HasSubstr("  dm-0, suspended  "));
}

TEST(List, names_the_thread_that_has_ended_and_not_who_is_left) {
  const std::string text = list({told_by_a_survivor()}, 0);
  EXPECT_THAT(text, HasSubstr("\ncrashed_thread  1234/1250  walwriter  Z  "));
  EXPECT_THAT(text, HasSubstr("  -     nothing any more: it crashed  "));
}

TEST(List, names_of_several_stuck_threads_the_one_that_tells) {
  const std::string text = list({told_by_another_of_the_stuck()}, 0);
  EXPECT_THAT(text, HasSubstr("\nunkillable  7/9      worker  D  "));
  EXPECT_THAT(text, HasSubstr("  device sda (+1 threads)  "));
}

TEST(List, fits_every_width) {
  std::vector<Finding> findings = two_findings();
  findings[0].task.comm = "\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6";
  for (unsigned width = 40; width < 200; ++width) {
    std::istringstream lines(list(findings, width));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), width) << line;
  }
}

TEST(List, gives_up_the_unit_before_what_it_waits_for) {
  const std::string text = list(two_findings(), 119);
  EXPECT_THAT(text, HasSubstr("device dm-0 (data), suspended"));
  EXPECT_THAT(text, HasSubstr("postgresql@15-...\n"));
}

TEST(List, stays_harmless_whatever_processes_call_themselves) {
  Finding finding = a_stuck_database();
  finding.task.comm = finding.unit = finding.threads[0].waits_for = hostile_name();
  EXPECT_TRUE(harmless_lines(list({finding}, 0)));
  EXPECT_EQ(std::ranges::count(list({finding}, 0), '\n'), 3);
}

TEST(List, as_json_is_one_document) {
  const auto document =
      nlohmann::json::parse(render_list(two_findings(), {321, {}}, shown_now(), as_json(), 80));
  EXPECT_EQ(document["schema"], 1);
  EXPECT_EQ(document["time"], "2024-05-01T03:12:45.123Z");
  EXPECT_EQ(document["threads_scanned"], 321);
  ASSERT_EQ(document["findings"].size(), 2U);
  EXPECT_EQ(document["findings"][1]["cause"], "unkillable");
  EXPECT_EQ(document["findings"][1]["since_exact"], false);
}

TEST(List, as_json_of_a_healthy_host_has_an_empty_list) {
  const auto document = nlohmann::json::parse(render_list({}, {5, {}}, shown_now(), as_json(), 0));
  EXPECT_EQ(document["findings"], nlohmann::json::array());
}

}  // namespace wedged
