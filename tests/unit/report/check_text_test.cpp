// SPDX-License-Identifier: Apache-2.0
#include "report/check_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace wedged {
namespace {

using namespace std::chrono_literals;

CheckedFinding a_finding(const std::string& comm = "postgres") {
  CheckedFinding finding;
  finding.cause = "self_deadlock";
  finding.certainty = Certainty::certain;
  finding.lasted = 37s;
  finding.summary = "it waits for itself";
  finding.process = {812, 0, comm, "db.service", "/system.slice/db.service", {}};
  finding.threads = {{812, 813, comm, "db.service", "/system.slice/db.service", 37s}};
  return finding;
}

std::string line(const std::vector<CheckedFinding>& findings, const CheckSelection& selection = {},
                 const CheckOrigin& origin = {}) {
  return check_line(judge(selection, {}, findings), selection, origin);
}

TEST(CheckText, of_a_finding_has_who_what_how_long_and_how_sure) {
  EXPECT_EQ(line({a_finding()}),
            "WEDGED CRITICAL - postgres[812] self_deadlock for 37 s (certain) "
            "| findings=1;;;0 threads=1;;;0 oldest=37s;;;0\n");
}

TEST(CheckText, counts_the_others) {
  auto second = a_finding();
  second.lasted = 4s;
  second.threads[0].tid = 99;
  EXPECT_EQ(line({second, a_finding()}),
            "WEDGED CRITICAL - postgres[812] self_deadlock for 37 s (certain), 1 more "
            "| findings=2;;;0 threads=2;;;0 oldest=37s;;;0\n");
}

TEST(CheckText, of_a_victim_names_it_and_its_root) {
  auto finding = a_finding();
  finding.victims = {{7, 70, "client", "", "", 5s}};
  CheckSelection selection;
  selection.pids = {7};
  EXPECT_EQ(line({finding}, selection),
            "WEDGED CRITICAL - client[7] waits 5 s for postgres[812], self_deadlock for 37 s (certain) "
            "| findings=1;;;0 threads=1;;;0 oldest=5s;;;0\n");
}

TEST(CheckText, without_findings_says_what_was_asked_about_and_who_looked) {
  const std::string figures = " | findings=0;;;0 threads=0;;;0 oldest=0s;;;0\n";
  EXPECT_EQ(line({}), "WEDGED OK - nothing is stuck on this host" + figures);
  CheckSelection selection;
  selection.units = {"db"};
  selection.containers = {{"docker", "0123456789ab"}};
  EXPECT_EQ(line({}, selection, {CheckSource::own_look, "no daemon"}),
            "WEDGED OK - nothing is stuck in unit db or container docker:0123456789ab "
            "(no daemon: looked now)" +
                figures);
}

TEST(CheckText, of_an_own_look_tells_why_the_daemon_was_not_asked) {
  const CheckOrigin barred{CheckSource::own_look, "the daemon at http://[::1]:9974 wants a password"};
  EXPECT_EQ(line({a_finding()}, {}, barred),
            "WEDGED CRITICAL - postgres[812] self_deadlock for 37 s (certain) "
            "(the daemon at http://[::1]:9974 wants a password: looked now) "
            "| findings=1;;;0 threads=1;;;0 oldest=37s;;;0\n");
  EXPECT_EQ(line({}, {}, {CheckSource::own_look, {}}),
            "WEDGED OK - nothing is stuck on this host (looked now) "
            "| findings=0;;;0 threads=0;;;0 oldest=0s;;;0\n");
}

TEST(CheckText, says_how_many_findings_do_not_count) {
  const auto verdict = judge({}, {Certainty::possible, Certainty::likely, 60s}, {a_finding()});
  EXPECT_EQ(
      check_line(verdict, {}, CheckOrigin{}),
      "WEDGED OK - nothing is stuck on this host (1 finding does not count: too young or not sure enough) "
      "| findings=0;;;0 threads=0;;;0 oldest=0s;;;0\n");
}

TEST(CheckText, of_trouble_has_no_figures) {
  EXPECT_EQ(check_line(cannot_tell("nobody listens"), {}, {CheckSource::own_look, "no daemon"}),
            "WEDGED UNKNOWN - nobody listens\n");
}

TEST(CheckText, is_one_line_with_one_bar_whatever_processes_call_themselves) {
  const std::string hostile = "a|b\nc\x1b[31m\xff";
  CheckSelection selection;
  selection.units = {hostile};
  auto finding = a_finding(hostile);
  finding.process.unit = hostile;
  for (const auto& text : {line({finding}, selection), line({}, selection)}) {
    EXPECT_EQ(std::count(text.begin(), text.end(), '|'), 1) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  }
  const auto looked = line({}, {}, {CheckSource::own_look, hostile});
  EXPECT_EQ(std::count(looked.begin(), looked.end(), '|'), 1) << looked;
  const auto trouble = check_line(cannot_tell(hostile), {}, CheckOrigin{});
  EXPECT_EQ(std::count(trouble.begin(), trouble.end(), '|'), 0);
  EXPECT_EQ(std::count(trouble.begin(), trouble.end(), '\n'), 1);
}

TEST(CheckText, as_json_has_status_exit_code_and_findings) {
  const auto value = nlohmann::json::parse(check_json(judge({}, {}, {a_finding()}), {}, CheckOrigin{}));
  EXPECT_EQ(value["schema"], 1);
  EXPECT_EQ(value["status"], "CRITICAL");
  EXPECT_EQ(value["exit_code"], 2);
  EXPECT_EQ(value["source"], "daemon");
  EXPECT_TRUE(value["looked_because"].is_null());
  EXPECT_EQ(value["threads"], 1);
  EXPECT_EQ(value["findings"][0]["process"]["unit"], "db.service");
  EXPECT_TRUE(value["findings"][0]["victim"].is_null());
}

}  // namespace
}  // namespace wedged
