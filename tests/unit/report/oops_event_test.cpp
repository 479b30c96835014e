// SPDX-License-Identifier: Apache-2.0
// The kernel's report of an oops as an event, with whatever stands in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/events.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace test;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

OopsReport an_oops() {
  OopsReport report;
  report.at = test_now - 500ms;
  report.tid = 98;
  report.comm = "postgres";
  report.what = "BUG: kernel NULL pointer dereference, address: 0000000000000008";
  report.lines = {report.what, "Oops: 0002 [#1] PREEMPT SMP NOPTI",
                  "RIP: 0010:fault_write+0xab/0x1000 [faultmod]"};
  return report;
}

TEST(OopsEvent, reads_from_what_happened_to_the_kernels_own_words) {
  EXPECT_EQ(render_oops(an_oops(), false, shown_now(), plain_text()),
            "2024-05-01T03:12:45.123Z OOPS     the kernel oopsed in thread postgres[98]: "
            "BUG: kernel NULL pointer dereference, address: 0000000000000008\n"
            "    at        2024-05-01T03:12:44.623Z\n"
            "    report    BUG: kernel NULL pointer dereference, address: 0000000000000008\n"
            "              Oops: 0002 [#1] PREEMPT SMP NOPTI\n"
            "              RIP: 0010:fault_write+0xab/0x1000 [faultmod]\n");
}

TEST(OopsEvent, says_when_it_was_before_the_monitor_watched) {
  const auto text = render_oops(an_oops(), true, shown_now(), plain_text());
  EXPECT_THAT(text, HasSubstr("03:12:44.623Z, before the monitor's start\n"));
  EXPECT_EQ(json::parse(render_oops(an_oops(), true, shown_now(), as_json()))["before_start"], true);
}

TEST(OopsEvent, has_every_field_in_json) {
  const json expected = {
      {"event", "kernel_oops"},
      {"time", "2024-05-01T03:12:45.123Z"},
      {"schema", 1},
      {"at", "2024-05-01T03:12:44.623Z"},
      {"before_start", false},
      {"what", "BUG: kernel NULL pointer dereference, address: 0000000000000008"},
      {"thread", {{"tid", 98}, {"comm", "postgres"}}},
      {"lines",
       {"BUG: kernel NULL pointer dereference, address: 0000000000000008",
        "Oops: 0002 [#1] PREEMPT SMP NOPTI", "RIP: 0010:fault_write+0xab/0x1000 [faultmod]"}},
  };
  EXPECT_EQ(json::parse(render_oops(an_oops(), false, shown_now(), as_json())), expected);
}

TEST(OopsEvent, names_no_thread_where_the_report_does_not) {
  auto report = an_oops();
  report.tid.reset();
  report.comm.clear();
  EXPECT_THAT(render_oops(report, false, shown_now(), plain_text()),
              HasSubstr("in a thread that the report does not"));
  EXPECT_TRUE(json::parse(render_oops(report, false, shown_now(), as_json()))["thread"].is_null());
}

TEST(OopsEvent, no_terminal_interprets_what_stands_in_it) {
  auto report = an_oops();
  report.comm = "\033[2J\xff";
  report.what = "x\ny";
  report.lines = {"\033]0;title\a"};
  const auto text = render_oops(report, false, shown_now(), plain_text());
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(text, HasSubstr("x\\x0ay"));
  EXPECT_TRUE(json::accept(render_oops(report, false, shown_now(), as_json())));
}

}  // namespace wedged
