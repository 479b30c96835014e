// SPDX-License-Identifier: Apache-2.0
// Which path gets which page, with what headers; no socket.
#include "web/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/findings_page.h"
#include "unit/report/report_values.h"

namespace wedged {
namespace {

using namespace test;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

class FixedClock final : public Clock {
 public:
  [[nodiscard]] ClockPair now() const override { return shown_now(); }
};

Published a_state() {
  Published state;
  state.at = shown_now();
  state.scan_interval = 1s;
  state.open = {a_stuck_database()};
  return state;
}

Page page_of(std::string_view path, bool scanned = true) {
  Publication publication;
  if (scanned) publication.publish(std::make_shared<Published>(a_state()));
  FindingsMemory memory;
  return page_at(path, publication, FixedClock(), memory);
}

TEST(Pages, documents_are_json_and_unavailable_before_the_first_scan) {
  for (const char* path : {"/api/v1/findings", "/api/v1/history", "/api/v1/syscalls", "/api/v1/monitor"}) {
    EXPECT_EQ(page_of(path, false).status, 503) << path;
    const Page page = page_of(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.content_type, "application/json");
    EXPECT_THAT(page.body, HasSubstr("{\"schema\":1,")) << path;
  }
}

TEST(Pages, findings_are_made_once_for_each_state_however_many_ask) {
  FindingsMemory memory;
  const auto state = std::make_shared<const Published>(a_state());
  const auto list = memory.list_of(state);
  EXPECT_EQ(memory.list_of(state), list) << "the very same text";
  auto changed = a_state();
  changed.open = {};
  EXPECT_EQ(*memory.list_of(std::make_shared<const Published>(changed)), "[]");
  EXPECT_EQ(*memory.list_of(state), *list);
  EXPECT_EQ(*memory.list_of(nullptr), "[]");
}

TEST(Pages, findings_of_a_new_state_are_served_at_once_with_the_age_of_its_scan) {
  Publication publication;
  FindingsMemory memory;
  auto state = a_state();
  for (const Duration age : {1s, 2s}) {
    state.at.monotonic = shown_now().monotonic - age;
    publication.publish(std::make_shared<Published>(state));
    const Page page = page_at("/api/v1/findings", publication, FixedClock(), memory);
    EXPECT_EQ(page.body, json::findings_page(&state, shown_now()));
  }
}

TEST(Pages, every_part_of_the_status_page_has_its_type_and_may_load_from_here_only) {
  const std::vector<std::pair<const char*, const char*>> parts{
      {"/", "text/html; charset=utf-8"},
      {"/style.css", "text/css; charset=utf-8"},
      {"/page.js", "text/javascript; charset=utf-8"},
      {"/dom.js", "text/javascript; charset=utf-8"},
      {"/icon.svg", "image/svg+xml"},
  };
  for (const auto& [path, type] : parts) {
    const Page page = page_of(path, false);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.content_type, type);
    EXPECT_FALSE(page.body.empty());
    EXPECT_THAT(page.headers,
                Contains(Pair("Content-Security-Policy",
                              AllOf(HasSubstr("default-src 'none'"), HasSubstr("script-src 'self';"),
                                    HasSubstr("frame-ancestors 'none'"), Not(HasSubstr("unsafe"))))))
        << path;
  }
}

TEST(Pages, the_status_page_has_no_data_and_no_script_in_its_markup) {
  const std::string body = page_of("/").body;
  EXPECT_THAT(body, Not(HasSubstr("postgres")));
  EXPECT_THAT(body, Not(HasSubstr("onclick")));
  EXPECT_THAT(body, Not(HasSubstr("style=")));
  EXPECT_THAT(body, Not(HasSubstr("://")));
  EXPECT_THAT(body, HasSubstr("<script type=\"module\" src=\"/page.js\"></script>"));
  EXPECT_THAT(body, HasSubstr("<code>wedged list</code>"));
}

TEST(Pages, no_script_parses_markup) {
  for (const char* path : {"/page.js", "/dom.js", "/findings.js", "/history.js", "/charts.js", "/monitor.js",
                           "/contact.js", "/decisions.js", "/format.js", "/ticking.js"}) {
    const Page page = page_of(path);
    ASSERT_EQ(page.status, 200) << path;
    for (const char* word :
         {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval("})
      EXPECT_THAT(page.body, Not(HasSubstr(word))) << path;
  }
}

TEST(Pages, what_is_not_there_is_told_with_what_is) {
  for (const char* path : {"/index.html", "/assets/page.js", "//page.js", "/page.js/", "/../page.js", ""}) {
    const Page page = page_of(path);
    EXPECT_EQ(page.status, 404) << path;
    EXPECT_THAT(page.body, HasSubstr("/metrics"));
  }
}

}  // namespace
}  // namespace wedged
