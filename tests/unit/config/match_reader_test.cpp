// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "policy_texts.h"
#include "problems_of.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::Bad;
using test::problems_of;
using test::settings_of;
using test::with_match;

class BadMatch : public testing::TestWithParam<Bad> {};
TEST_P(BadMatch, is_refused_where_it_is_wrong) {
  test::expect_one_problem(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    MatchReader, BadMatch,
    testing::Values(
        Bad{"match_is_a_word", with_match("all"), "4:14", "must be a map with cause, certainty,"},
        Bad{"unknown_key_in_match", with_match("{com: x}"), "4:15", "did you mean 'comm'?"},
        Bad{"unknown_cause", with_match("{cause: [unkillable, unkilable]}"), "4:35",
            "crashed_thread, stopped or waits_for_stuck, not 'unkilable'; did you mean 'unkillable'?"},
        Bad{"no_cause", with_match("{cause: []}"), "4:22",
            "is an empty list; leave it out to match everything"},
        Bad{"cause_without_value", with_match("{cause: }"), "4:22", "cause has no value"},
        Bad{"unknown_certainty", with_match("{certainty: sure}"), "4:26",
            "must be possible, likely or certain"},
        Bad{"lasting_too_long", with_match("{lasting: 169h}"), "4:24", "must be from 0s to 168h"},
        Bad{"comm_empty", with_match("{comm: [a, '']}"), "4:25", "is empty"},
        Bad{"comm_too_long", with_match("{comm: postgres-exporter}"), "4:21", "write 'postgres-export'"},
        Bad{"exe_without_start", with_match("{exe: postgres}"), "4:20", "start it with '/' or '*'"},
        Bad{"exe_with_bad_class", with_match("{exe: '/[[:alpha]'}"), "4:20", "without its ']'"},
        Bad{"unit_is_a_map", with_match("{unit: {a: b}}"), "4:21", "must be a single value, not a map"},
        Bad{"unknown_role", with_match("{role: holder}"), "4:21",
            "match.role must be root or victim, not 'holder'"},
        Bad{"cgroup_without_slash", with_match("{cgroup: system.slice}"), "4:23",
            "can match no cgroup; start it with '/' or '*'"},
        Bad{"container_by_short_id", with_match("{container: 'docker:0123456789ab'}"), "4:26",
            "ids have 64 digits; write 'docker:0123456789ab*'"},
        Bad{"container_without_runtime", with_match("{container: 0123456789ab}"), "4:26",
            "write '*:0123456789ab*'"},
        Bad{"pod_by_name", with_match("{pod: db-0}"), "4:20", "can match no pod"},
        Bad{"device_by_path", with_match("{device: /dev/mapper/data}"), "4:23", "write 'data'"},
        Bad{"mount_empty", with_match("{mount: ''}"), "4:22", "is empty"},
        Bad{"no_such_user", with_match("{user: [postgres, mallory]}"), "4:32",
            "match.user names 'mallory', and there is no such user here"},
        Bad{"user_that_nobody_knows", with_match("{user: far}"), "4:21",
            "'far' cannot be looked up: the directory does not answer"},
        Bad{"user_beyond_numbers", with_match("{user: 4294967295}"), "4:21", "a number up to 4294967294"},
        Bad{"user_empty", with_match("{user: ''}"), "4:21", "must be a user's name or number"},
        Bad{"user_with_nul", with_match("{user: \"root\\0\"}"), "4:21", "must be a user's name or number"},
        Bad{"no_such_call", with_match("{syscall: [fsync, fsink]}"), "4:32",
            "match.syscall: there is no system call 'fsink' here; did you mean 'fsync'?"},
        Bad{"call_by_number", with_match("{syscall: 74}"), "4:24", "there is no system call '74' here"}),
    test::name_of_bad);

TEST(MatchReader, a_single_word_need_be_no_list) {
  const Match match =
      settings_of(with_match("{user: postgres, syscall: fsync, device: sda, mount: 'nfs:/x'}"))
          .policy.rules.at(0)
          .match;
  EXPECT_EQ(match.users, (std::vector<UserMatch>{{"postgres", 26}}));
  EXPECT_EQ(match.syscalls, (std::set<std::string>{"fsync"}));
  EXPECT_EQ(match.device, (std::vector<std::string>{"sda"}));
  EXPECT_EQ(match.mount, (std::vector<std::string>{"nfs:/x"}));
}

TEST(MatchReader, users_are_looked_up_until_there_are_too_many) {
  std::string users = "[0";
  for (int i = 1; i < 65; ++i) users += ", " + std::to_string(i);
  const auto problems = problems_of(with_match("{user: " + users + "]}"));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("match.user has more than 64 users"), std::string::npos) << problems[0];
}

TEST(MatchReader, the_whole_of_an_id_matches_without_a_star) {
  const std::string id(64, 'a');
  EXPECT_EQ(
      problems_of(with_match("{container: 'docker:" + id + "', pod: ['*', " + std::string(32, 'a') + "]}")),
      std::vector<std::string>{});
}

}  // namespace
}  // namespace wedged
