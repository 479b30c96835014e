// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/describe.h"

#include <gtest/gtest.h>

#include "diagnosis/cause.h"

namespace wedged {
namespace {

struct UnitCase {
  const char* cgroup;
  const char* unit;
};
void PrintTo(const UnitCase& tested, std::ostream* out) {
  *out << '"' << tested.cgroup << '"';
}

class Unit : public testing::TestWithParam<UnitCase> {};
TEST_P(Unit, is_read_from_the_cgroup) {
  EXPECT_EQ(unit_of(GetParam().cgroup), GetParam().unit);
}
INSTANTIATE_TEST_SUITE_P(
    Describe, Unit,
    testing::Values(UnitCase{"/system.slice/postgresql@15-main.service", "postgresql@15-main.service"},
                    UnitCase{"/system.slice/docker-0123abcd.scope", "docker-0123abcd.scope"},
                    UnitCase{"/system.slice/foo.service/payload", "foo.service"},
                    UnitCase{"/user.slice/user-0.slice/session-3.scope", "session-3.scope"},
                    UnitCase{"/user.slice/user-0.slice/user@0.service/app.slice/app.service", "app.service"},
                    UnitCase{"/docker/0123abcd", "0123abcd"}, UnitCase{"/system.slice", ""},
                    UnitCase{"/", ""}, UnitCase{"", ""}));

TEST(Describe, durations_are_spoken_in_two_units_at_most) {
  using namespace std::chrono_literals;
  EXPECT_EQ(spoken(0s), "0 s");
  EXPECT_EQ(spoken(350ms), "350 ms");
  EXPECT_EQ(spoken(119s), "119 s");
  EXPECT_EQ(spoken(200s), "3 min 20 s");
  EXPECT_EQ(spoken(7500s), "2 h 5 min");
}

TEST(Describe, from_when_on_something_is_reported_is_told_unless_everything_is) {
  using namespace std::chrono_literals;
  EXPECT_EQ(reported_from(10s), " (reported from 10 s on)");
  EXPECT_EQ(reported_from(500ms), " (reported from 500 ms on)");
  EXPECT_EQ(reported_from(0s), "");
}

TEST(Causes, names_and_causes_are_each_others_inverse) {
  for (const auto cause : all_causes) {
    EXPECT_EQ(cause_named(name_of(cause)), cause);
    EXPECT_FALSE(predicate_of(cause).empty());
  }
  for (const auto certainty : all_certainties) EXPECT_EQ(certainty_named(name_of(certainty)), certainty);
  EXPECT_FALSE(cause_named("nonsense").has_value());
}

}  // namespace
}  // namespace wedged
