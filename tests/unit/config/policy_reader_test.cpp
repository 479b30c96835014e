// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <csignal>

#include "problems_of.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::Bad;
using test::problems_of;
using test::settings_of;

TEST(PolicyReader, every_setting_is_read) {
  const Policy policy = settings_of(
                            "policy:\n"
                            "  enforce: true\n"
                            "  protect: [\"sshd*\", \"/usr/lib/postgresql/*\"]\n"
                            "  limits: { actions: 7, window: 20m, cool_down: 0s }\n"
                            "  rules:\n"
                            "    - name: kill_stuck-writers2\n"
                            "      match:\n"
                            "        cause: [unkillable, uninterruptible_wait]\n"
                            "        certainty: certain\n"
                            "        lasting: 30s\n"
                            "        comm: [a*, \"[b-d]?\"]\n"
                            "        exe: /usr/bin/*\n"
                            "        unit: postgresql*.service\n"
                            "      ladder:\n"
                            "        - { log: true, grace: 1m }\n"
                            "        - signal: SIGTERM\n"
                            "        - { signal: KILL, grace: 0s }\n"
                            "      limits: { actions: 3 }\n")
                            .policy;
  Rule rule;
  rule.name = "kill_stuck-writers2";
  rule.match = {{Cause::uninterruptible_wait, Cause::unkillable},
                Certainty::certain,
                30s,
                {"a*", "[b-d]?"},
                {"/usr/bin/*"},
                {"postgresql*.service"}};
  rule.ladder = {
      {ActionKind::log, 0, 1min}, {ActionKind::signal, SIGTERM, 5s}, {ActionKind::signal, SIGKILL, 0s}};
  rule.limits = {3, Limits{}.window, Limits{}.cool_down};
  EXPECT_EQ(policy, (Policy{true, {"sshd*", "/usr/lib/postgresql/*"}, {7, 20min, 0s}, {rule}}));
}

TEST(PolicyReader, nothing_is_enforced_unless_asked_for) {
  EXPECT_FALSE(settings_of("policy: {}").policy.enforce);
}

TEST(PolicyReader, a_single_cause_or_glob_need_be_no_list) {
  const auto rules = settings_of(
                         "policy: { rules: [ { name: x, match: { cause: unkillable, comm: a }, "
                         "ladder: [ { log: true } ] } ] }")
                         .policy.rules;
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].match.causes, (std::set<Cause>{Cause::unkillable}));
  EXPECT_EQ(rules[0].match.comm, (std::vector<std::string>{"a"}));
  EXPECT_EQ(rules[0].match.at_least, Certainty::likely);
}

// In a policy with one thing wrong, at the end of this.
std::string in_policy(const std::string& text) {
  return "policy:\n  " + text + "\n";
}
// A rule that is right but for what is given; `match` starts at 4:14, `ladder` at 5:15.
std::string rule_with(const std::string& match, const std::string& ladder) {
  return "policy:\n  rules:\n    - name: x\n      match: " + match + "\n      ladder: " + ladder + "\n";
}
std::string with_match(const std::string& match) {
  return rule_with(match, "[{log: true}]");
}
std::string with_ladder(const std::string& ladder) {
  return rule_with("{}", ladder);
}
std::string with_name(const std::string& name) {
  return "policy:\n  rules:\n    - name: " + name + "\n      match: {}\n      ladder: [{log: true}]\n";
}

class BadPolicy : public testing::TestWithParam<Bad> {};
TEST_P(BadPolicy, is_refused_where_it_is_wrong) {
  test::expect_one_problem(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    PolicyReader, BadPolicy,
    testing::Values(
        Bad{"enforce_is_a_yes", in_policy("enforce: yes"), "2:12",
            "policy.enforce must be true or false, not 'yes'"},
        Bad{"enforce_in_quotes", in_policy("enforce: 'true'"), "2:12", "must be true or false"},
        Bad{"protect_is_a_word", in_policy("protect: sshd"), "2:12", "must be a list, not a single value"},
        Bad{"protect_with_open_bracket", in_policy("protect: ['ssh[d']"), "2:13",
            "has a '[' without its ']'"},
        Bad{"protect_with_last_backslash", in_policy("protect: ['sshd\\']"), "2:13", "ends in a backslash"},
        Bad{"protect_empty", in_policy("protect: ['']"), "2:13", "is empty and matches nothing"},
        Bad{"protect_path_without_start", in_policy("protect: [bin/sh]"), "2:13", "start it with '/' or '*'"},
        Bad{"protect_name_too_long", in_policy("protect: [systemd-journald]"), "2:13",
            "write 'systemd-journal'"},
        Bad{"protect_with_nul", in_policy("protect: [\"a\\0b\"]"), "2:13", "control character"},
        Bad{"no_actions", in_policy("limits: {actions: 0}"), "2:21", "from 1 to 1000, not '0'"},
        Bad{"actions_with_unit", in_policy("limits: {actions: 5s}"), "2:21", "a whole number"},
        Bad{"actions_beyond_numbers", in_policy("limits: {actions: 4294967297}"), "2:21", "from 1 to 1000"},
        Bad{"window_of_zero", in_policy("limits: {window: 0s}"), "2:20",
            "policy.limits.window must be from 1s to 168h"},
        Bad{"unknown_limit", in_policy("limits: {cooldown: 5s}"), "2:12", "did you mean 'cool_down'?"},
        Bad{"rules_are_a_map", in_policy("rules: {name: x}"), "2:10",
            "policy.rules must be a list, not a map"},
        Bad{"rule_is_a_word", in_policy("rules: [x]"), "2:11",
            "policy.rules[0] must be a map with name, match,"},
        Bad{"rule_is_nothing", in_policy("rules: [~]"), "2:11", "policy.rules[0] is empty"},
        Bad{"rule_without_name", in_policy("rules: [{match: {}, ladder: [{log: true}]}]"), "2:11",
            "policy.rules[0].name is missing"},
        Bad{"rule_name_with_blank", with_name("kill writers"), "3:13", "1 to 64 of a-z, 0-9, '_' and '-'"},
        Bad{"rule_name_with_upper_case", with_name("Kill"), "3:13", "not 'Kill'"},
        Bad{"rule_name_too_long", with_name(std::string(65, 'a')), "3:13", "1 to 64"},
        Bad{"rule_without_match", in_policy("rules: [{name: x, ladder: [{log: true}]}]"), "2:11",
            "policy.rules[0].match is missing; `match: {}` matches every finding"},
        Bad{"match_commented_out", with_match("# cause: unkillable"), "4:7", "match is missing"},
        Bad{"match_is_a_word", with_match("all"), "4:14", "must be a map with cause, certainty,"},
        Bad{"unknown_key_in_match", with_match("{com: x}"), "4:15", "did you mean 'comm'?"},
        Bad{"unknown_cause", with_match("{cause: [unkillable, unkilable]}"), "4:35",
            "crashed_thread or waits_for_stuck, not 'unkilable'; did you mean 'unkillable'?"},
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
        Bad{"rule_without_ladder", in_policy("rules: [{name: x, match: {}}]"), "2:11",
            "ladder must have at least one step"},
        Bad{"ladder_empty", with_ladder("[]"), "5:15", "must have at least one step"},
        Bad{"ladder_is_a_word", with_ladder("KILL"), "5:15", "must be a list, not a single value"},
        Bad{"step_is_a_word", with_ladder("[KILL]"), "5:16",
            "ladder[0] must be a map with signal, log or grace"},
        Bad{"step_without_action", with_ladder("[{grace: 5s}]"), "5:16",
            "one of `signal: NAME` and `log: true`"},
        Bad{"step_with_two_actions", with_ladder("[{signal: TERM, log: true}]"), "5:16",
            "one of `signal: NAME`"},
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
        Bad{"too_many_steps",
            with_ladder("[{log: true}" +
                        [] {
                          std::string steps;
                          for (int i = 0; i < 10; ++i) steps += ", {log: true}";
                          return steps;
                        }() +
                        "]"),
            "5:15", "more than 10 steps"}),
    test::name_of_bad);

TEST(PolicyReader, a_rule_name_is_taken_once) {
  const std::string rule = "    - { name: x, match: {}, ladder: [{log: true}] }\n";
  EXPECT_EQ(problems_of("policy:\n  rules:\n" + rule + rule),
            (std::vector<std::string>{"4:15: policy.rules[1].name 'x' is the name of an earlier rule"}));
}

TEST(PolicyReader, the_number_of_rules_is_bounded) {
  std::string text = "policy:\n  rules:\n";
  for (int i = 0; i < 101; ++i)
    text += "    - { name: r" + std::to_string(i) + ", match: {}, ladder: [{log: true}] }\n";
  EXPECT_EQ(problems_of(text), (std::vector<std::string>{"103:7: policy.rules has more than 100 rules"}));
}

}  // namespace
}  // namespace wedged
