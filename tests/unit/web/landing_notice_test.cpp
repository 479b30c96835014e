// SPDX-License-Identifier: Apache-2.0
#include "web/landing_notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/report_values.h"
#include "web/pages.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;
using testing::Not;

Published suspended_for(const std::string& reason) {
  Published state;
  state.at = shown_now();
  state.suspension = a_suspension().suspension;
  state.suspension->reason = reason;
  return state;
}

TEST(LandingNotice, is_nothing_while_enforcement_is_not_suspended) {
  EXPECT_EQ(landing_notice(nullptr), "");
  const Published state;
  EXPECT_EQ(landing_notice(&state), "");
}

TEST(LandingNotice, says_since_when_and_why_enforcement_is_suspended) {
  const Published state = suspended_for("21 decisions in 1 minute");
  EXPECT_EQ(landing_notice(&state),
            "<p><strong>Enforcement suspended</strong> since 2024-05-01T03:12:44.123Z: 21 decisions in 1 "
            "minute</p>\n");
}

TEST(LandingNotice, takes_no_html_and_no_control_characters_from_names) {
  const Published state = suspended_for("<script>\"&\"\x1b</script>");
  EXPECT_THAT(landing_notice(&state), HasSubstr("&lt;script&gt;&quot;&amp;&quot;\\x1b&lt;/script&gt;"));
}

TEST(LandingNotice, stands_on_the_status_page_where_scripts_are_off) {
  Publication publication;
  const SystemClock clock;
  FindingsMemory memory;
  EXPECT_THAT(page_at("/", publication, clock, memory).body, Not(HasSubstr("suspended")));
  publication.publish(std::make_shared<Published>(suspended_for("because")));
  const std::string body = page_at("/", publication, clock, memory).body;
  const auto notice = body.find(": because</p>");
  ASSERT_NE(notice, std::string::npos);
  EXPECT_GT(notice, body.find("<noscript>"));
  EXPECT_LT(notice, body.find("</noscript>"));
}

}  // namespace wedged
