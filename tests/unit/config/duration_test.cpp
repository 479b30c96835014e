// SPDX-License-Identifier: Apache-2.0
#include "config/duration.h"

#include <gtest/gtest.h>

namespace wedged {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange wide{Duration{}, std::chrono::hours(1000)};

TEST(Duration, a_number_and_a_unit_are_read) {
  const std::pair<const char*, Duration> cases[] = {{"500ms", 500ms}, {"10s", 10s}, {"2m", 2min},
                                                    {"1h", 1h},       {"0s", 0s},   {"007s", 7s},
                                                    {"1000h", 1000h}, {"0ms", 0s}};
  for (const auto& [text, duration] : cases) {
    const auto parsed = parse_duration(text, wide);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, duration) << text;
  }
}

TEST(Duration, everything_else_is_refused) {
  for (const char* text : {"",
                           "s",
                           "5",
                           "-5s",
                           "+5s",
                           "5 s",
                           " 5s",
                           "5s ",
                           "5S",
                           "5d",
                           "1.5s",
                           "1h30m",
                           "5us",
                           "0x5s",
                           "none",
                           "18446744073709551616s",
                           "99999999999999999999999h",
                           "9223372036854775807h",
                           "5124095576030431h",
                           "1001h"}) {
    const auto parsed = parse_duration(text, wide);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::malformed);
  }
}

TEST(Duration, the_range_includes_its_ends) {
  const DurationRange range{100ms, 1h};
  EXPECT_TRUE(parse_duration("100ms", range));
  EXPECT_TRUE(parse_duration("3600000ms", range));
  EXPECT_FALSE(parse_duration("99ms", range));
  EXPECT_FALSE(parse_duration("3600001ms", range));
}

TEST(Duration, it_is_written_in_the_greatest_whole_unit_and_read_again) {
  const std::pair<Duration, const char*> cases[] = {{0s, "0s"},     {1ms, "1ms"}, {1500ms, "1500ms"},
                                                    {1s, "1s"},     {90s, "90s"}, {120s, "2m"},
                                                    {90min, "90m"}, {48h, "48h"}};
  for (const auto& [duration, text] : cases) {
    EXPECT_EQ(duration_as_written(duration), text);
    EXPECT_EQ(*parse_duration(text, wide), duration);
  }
}

}  // namespace
}  // namespace wedged
