// SPDX-License-Identifier: Apache-2.0
#include "top/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "top_world.h"

namespace wedged::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr int call_read = 0;

TopSample small_host() {
  auto sample =
      sample_of({counted(thread(1, 1, "db"), 0, 0)},
                {in_cgroup(in_call(counted(thread(1, 1, "db"), 40, 2), call_read, 5s), 7),
                 in_cgroup(thread(1, 2, "writer\n"), 7), in_call(thread(9, 9, "other"), call_read, 7s)});
  sample.rates = rates_between({}, {stats(call_read, 300, 50, 3)}, 1s);
  return sample;
}

TEST(TopPage, of_a_process_sums_it_up_and_lists_its_threads) {
  const auto page = page_about(ProcessId{1, 1}, small_host(), 0);
  EXPECT_EQ(page.at(0), "db[1] in postgresql.service");
  EXPECT_THAT(page.at(1), HasSubstr("2 threads, 0 runnable, 0 in D state, 40 calls/s, 2.0 errors/s"));
  EXPECT_THAT(page.at(1), Not(HasSubstr("mean"))) << "no time was measured";
  EXPECT_THAT(page, Contains(HasSubstr("writer\\x0a")));
  EXPECT_THAT(page, Not(Contains(HasSubstr("other"))));
}

TEST(TopPage, of_a_process_says_how_long_its_calls_took) {
  const auto sample = sample_of({}, {lasting(thread(1, 1, "db"), 40, 80ms)});
  EXPECT_THAT(page_about(ProcessId{1, 1}, sample, 0).at(1), HasSubstr("errors/s, mean 2 ms"));
}

TEST(TopPage, of_a_call_lists_who_is_in_it_longest_first) {
  const auto page = page_about(CallSubject{call_read, false}, small_host(), 0);
  EXPECT_THAT(page.at(1), HasSubstr("300 calls/s, 50 errors/s; 99 % within 2 us"));
  ASSERT_THAT(page, SizeIs(6));
  EXPECT_THAT(page.at(4), HasSubstr("other"));
  EXPECT_THAT(page.at(5), HasSubstr("db"));
}

TEST(TopPage, of_a_unit_lists_the_threads_of_all_its_processes) {
  const auto page = page_about(UnitSubject{"postgresql.service"}, small_host(), 0);
  EXPECT_THAT(page.at(1), HasSubstr("1 process, 2 threads"));
  EXPECT_THAT(page, SizeIs(6));
}

TEST(TopPage, of_a_finding_is_the_whole_of_it) {
  EXPECT_THAT(page_about(two_stuck().findings[0].key, two_stuck(), 80), Contains(HasSubstr("self_deadlock")));
}

TEST(TopPage, says_so_where_it_is_over) {
  for (const TopSubject& subject : {TopSubject{ProcessId{4711, 1}}, TopSubject{UnitSubject{"gone.service"}},
                                    TopSubject{FindingKey{}}, TopSubject{}})
    EXPECT_THAT(page_about(subject, small_host(), 80), ElementsAre(HasSubstr("It is over")));
}

TEST(TopPage, of_help_fits_eighty_columns) {
  for (const auto& line : help_page()) EXPECT_LE(line.size(), 80U) << line;
}

}  // namespace
}  // namespace wedged::test
