// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <csignal>

#include "policy_texts.h"
#include "problems_of.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::Bad;
using test::problems_of;
using test::settings_of;
using test::with_ladder;

class BadRung : public testing::TestWithParam<Bad> {};
TEST_P(BadRung, is_refused_where_it_is_wrong) {
  test::expect_one_problem(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    RungReader, BadRung,
    testing::Values(
        Bad{"step_is_a_word", with_ladder("[KILL]"), "5:16",
            "ladder[0] must be a map with signal, restart_unit, hook,"},
        Bad{"step_without_action", with_ladder("[{grace: 5s}]"), "5:16",
            "must have exactly one of `signal: TERM`, `restart_unit: true`,"},
        Bad{"step_with_two_actions", with_ladder("[{signal: TERM, log: true}]"), "5:16",
            "must have exactly one of `signal: TERM`,"},
        Bad{"unknown_signal", with_ladder("[{signal: TREM}]"), "5:25", "did you mean 'TERM'?"},
        Bad{"signal_in_lower_case", with_ladder("[{signal: sigkill}]"), "5:25", "did you mean 'KILL'?"},
        Bad{"signal_by_number", with_ladder("[{signal: 9}]"), "5:25", "must be TERM, KILL,"},
        Bad{"stopping_signal", with_ladder("[{signal: SIGSTOP}]"), "5:25", "a signal that ends a process"},
        Bad{"continuing_signal", with_ladder("[{signal: CONT}]"), "5:25", "which 'CONT' is not for"},
        Bad{"signal_zero", with_ladder("[{signal: 0}]"), "5:25", "not '0'"},
        Bad{"signal_after_kill", with_ladder("[{signal: KILL}, {log: true}, {signal: TERM}]"), "5:45",
            "comes after KILL"},
        Bad{"log_of_false", with_ladder("[{log: false}]"), "5:22", "can only be true"},
        Bad{"grace_too_long", with_ladder("[{signal: TERM, grace: 25h}]"), "5:38", "must be from 0s to 24h"},
        Bad{"signal_again_after_kill_of_the_unit",
            with_ladder("[{signal: KILL, to: unit}, {signal: KILL, to: cgroup}]"), "5:42",
            "ladder[1] comes after KILL, and no signal to as few"},
        Bad{"unknown_reach", with_ladder("[{signal: KILL, to: processes}]"), "5:35",
            "must be process, group, cgroup or unit, not 'processes'; did you mean 'process'?"},
        Bad{"reach_without_signal", with_ladder("[{restart_unit: true, to: unit}]"), "5:41",
            "to says whom a signal reaches, and this step sends none"},
        Bad{"restart_of_a_named_unit", with_ladder("[{restart_unit: db.service}]"), "5:31",
            "restart_unit must be true or false"},
        Bad{"restart_of_false", with_ladder("[{restart_unit: false}]"), "5:31", "can only be true"},
        Bad{"unknown_dump", with_ladder("[{dump: cores}]"), "5:23", "must be stacks or core"},
        Bad{"hook_is_a_word", with_ladder("[{hook: /sbin/fence}]"), "5:23",
            "ladder[0].hook must be a map with command, timeout or memory"},
        Bad{"hook_without_command", with_ladder("[{hook: {timeout: 1s}}]"), "5:23",
            "hook.command must name a program, such as [/usr/local/sbin/fence, now]"},
        Bad{"hook_of_nothing", with_ladder("[{hook: }]"), "5:23", "hook.command must name a program"},
        Bad{"command_empty", with_ladder("[{hook: {command: []}}]"), "5:33", "must name a program"},
        Bad{"command_is_a_line", with_ladder("[{hook: {command: /sbin/fence now}}]"), "5:33",
            "must be a list, not a single value"},
        Bad{"command_found_in_path", with_ladder("[{hook: {command: [fence]}}]"), "5:34",
            "must begin with the absolute path of a program, not 'fence'"},
        Bad{"command_with_nul", with_ladder("[{hook: {command: [/a, \"b\\0c\"]}}]"), "5:38",
            "has a NUL in it"},
        Bad{"command_with_map", with_ladder("[{hook: {command: [/a, {b: c}]}}]"), "5:38", "not a map"},
        Bad{"command_word_too_long", with_ladder("[{hook: {command: [/" + std::string(4096, 'a') + "]}}]"),
            "5:34", "a word longer than 4096 characters"},
        Bad{"timeout_too_short", with_ladder("[{hook: {command: [/a], timeout: 99ms}}]"), "5:48",
            "must be from 100ms to 10m"},
        Bad{"timeout_too_long", with_ladder("[{hook: {command: [/a], timeout: 11m}}]"), "5:48",
            "must be from 100ms to 10m"},
        Bad{"memory_in_bytes", with_ladder("[{hook: {command: [/a], memory: 268435456}}]"), "5:47",
            "must be a whole number and a unit (KiB, MiB, GiB, TiB)"},
        Bad{"memory_too_little", with_ladder("[{hook: {command: [/a], memory: 1MiB}}]"), "5:47",
            "must be from 16MiB to 1TiB"},
        Bad{"reboot_of_true", with_ladder("[{reboot: true}]"), "5:25", "can only be sysrq, not 'true'"},
        Bad{"reboot_named_once", with_ladder("[{reboot: sysrq}]"), "5:25",
            "reboot needs `allow_reboot: true` in `policy` of the main file as well, where it is missing"},
        Bad{"reboot_denied", with_ladder("[{reboot: sysrq}]") + "  allow_reboot: false\n", "5:25",
            "as well; f:6:17 says false"}),
    test::name_of_bad);

std::vector<Rung> ladder_of(const std::string& ladder) {
  return settings_of(with_ladder(ladder)).policy.rules.at(0).ladder;
}

TEST(RungReader, each_kind_of_step_has_its_usual_grace) {
  const auto ladder =
      ladder_of("[{log: true}, {dump: core}, {signal: ABRT}, {restart_unit: true}, {hook: {command: [/a]}}]");
  std::vector<Duration> graces;
  for (const Rung& rung : ladder) graces.push_back(rung.grace);
  EXPECT_EQ(graces, (std::vector<Duration>{0s, 0s, 5s, 30s, 5s}));
}

TEST(RungReader, a_hook_has_ten_seconds_and_a_quarter_of_a_gibibyte) {
  const Hook hook = ladder_of("[{hook: {command: [/a]}}]").at(0).hook;
  EXPECT_EQ(hook, (Hook{{"/a"}, 10s, std::uint64_t{256} << 20}));
}

TEST(RungReader, a_wider_kill_and_whatever_is_no_signal_may_come_after_a_kill) {
  const auto ladder = ladder_of(
      "[{signal: KILL}, {signal: KILL, to: cgroup}, {restart_unit: true}, {log: true}, "
      "{dump: stacks}, {hook: {command: [/a]}}]");
  EXPECT_EQ(ladder.size(), 6U);
}

TEST(RungReader, a_command_has_at_most_64_words) {
  std::string words = "/a";
  for (int i = 0; i < 63; ++i) words += ", x";
  EXPECT_EQ(ladder_of("[{hook: {command: [" + words + "]}}]").at(0).hook.command.size(), 64U);
  const auto problems = problems_of(with_ladder("[{hook: {command: [" + words + ", x]}}]"));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("command has more than 64 words"), std::string::npos) << problems[0];
}

}  // namespace
}  // namespace wedged
