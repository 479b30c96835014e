// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <csignal>

#include "policy_texts.h"
#include "problems_of.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::Bad;
using test::every_policy_key;
using test::in_policy;
using test::problems_of;
using test::settings_of;
using test::with_ladder;
using test::with_match;

Match every_match() {
  Match match{{Cause::uninterruptible_wait, Cause::unkillable},
              Certainty::certain,
              30s,
              {"a*", "[b-d]?"},
              {"/usr/bin/*"},
              {"postgresql*.service"}};
  match.role = Role::victim;
  match.cgroup = {"/system.slice/*"};
  match.container = {"docker:0123*"};
  match.pod = {"01234567-89ab-cdef-0123-456789abcdef"};
  match.users = {{"postgres", 26}, {"1000", 1000}};
  match.syscalls = {"fsync", "write"};
  match.device = {"dm-0", "sd*"};
  match.mount = {"/data"};
  return match;
}

std::vector<Rung> every_rung() {
  Rung stacks{ActionKind::dump};
  Rung core{ActionKind::dump};
  core.dump = DumpKind::core;
  Rung hook{ActionKind::hook, 0, 5s};
  hook.hook = {{"/sbin/fence", ""}, 1min, std::uint64_t{1} << 30};
  return {{ActionKind::log, 0, 1min},
          stacks,
          core,
          {ActionKind::signal, SIGTERM, 5s},
          {ActionKind::signal, SIGKILL, 0s},
          {ActionKind::signal, SIGKILL, 5s, Reach::process_group},
          {ActionKind::signal, SIGKILL, 5s, Reach::unit},
          {ActionKind::restart_unit, 0, 30s},
          hook,
          {ActionKind::reboot}};
}

TEST(PolicyReader, every_setting_is_read) {
  Rule rule;
  rule.name = "kill_stuck-writers2";
  rule.enforce = false;
  rule.file = "f";
  rule.match = every_match();
  rule.ladder = every_rung();
  rule.limits = {3, Limits{}.window, Limits{}.cool_down};
  Policy expected;
  expected.enforce = true;
  expected.order = RuleOrder::all;
  expected.allow_reboot = true;
  expected.protect = {"sshd*", "/usr/lib/postgresql/*"};
  expected.limits = {7, 20min, 0s};
  expected.unit_limits = {2, 5min, 3s};
  expected.brake = {10000, 2min};
  expected.dumps = {"/srv/dumps", std::uint64_t{3} << 30};
  expected.ledger_file = "/run/other/ledger.json";
  expected.rules = {rule};
  EXPECT_EQ(settings_of(every_policy_key).policy, expected);
}

TEST(PolicyReader, what_is_left_out_keeps_its_default) {
  const Policy policy =
      settings_of("policy: { rules: [ { name: x, match: {}, ladder: [ { signal: TERM } ] } ] }").policy;
  Rule rule;
  rule.name = "x";
  rule.file = "f";
  rule.ladder = {{ActionKind::signal, SIGTERM, 5s}};
  Policy expected;
  expected.rules = {rule};
  EXPECT_EQ(policy, expected);
  EXPECT_EQ(policy.rules[0].match.role, Role::root);
  EXPECT_TRUE(policy.rules[0].enforce) << "as far as the policy does";
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
        Bad{"unknown_order", in_policy("order: last"), "2:10",
            "policy.order must be first or all, not 'last'"},
        Bad{"order_without_value", in_policy("order:"), "2:3", "policy.order has no value"},
        Bad{"no_unit_actions", in_policy("unit_limits: {actions: 0}"), "2:26",
            "policy.unit_limits.actions must be a whole number from 1"},
        Bad{"brake_too_high", in_policy("brake: {decisions: 10001}"), "2:22", "from 1 to 10000, not '10001'"},
        Bad{"brake_with_actions", in_policy("brake: {actions: 1}"), "2:11",
            "in policy.brake; it may have decisions or window"},
        Bad{"dumps_beside", in_policy("dumps: {directory: dumps}"), "2:22",
            "policy.dumps.directory must be an absolute path such as /var/lib/wedged, not 'dumps'"},
        Bad{"dumps_at_nothing", in_policy("dumps: {directory: ''}"), "2:22", "must be an absolute path"},
        Bad{"quota_without_unit", in_policy("dumps: {quota: 100}"), "2:18", "a unit (KiB, MiB, GiB, TiB)"},
        Bad{"quota_too_small", in_policy("dumps: {quota: 1KiB}"), "2:18", "from 1MiB to 1024TiB"},
        Bad{"ledger_is_a_folder", in_policy("ledger: /run/wedged/"), "2:11", "must be an absolute path"},
        Bad{"ledger_with_control_character", in_policy("ledger: \"/run/\\n\""), "2:11", "control character"},
        Bad{"allow_reboot_is_a_word", in_policy("allow_reboot: sysrq"), "2:17", "must be true or false"},
        Bad{"rule_enforce_is_a_word",
            in_policy("rules: [{name: x, enforce: dry, match: {}, ladder: [{log: true}]}]"), "2:30",
            "policy.rules[0].enforce must be true or false"},
        Bad{"rules_are_a_map", in_policy("rules: {name: x}"), "2:10",
            "policy.rules must be a list, not a map"},
        Bad{"rule_is_a_word", in_policy("rules: [x]"), "2:11",
            "policy.rules[0] must be a map with name, enforce, match,"},
        Bad{"rule_is_nothing", in_policy("rules: [~]"), "2:11", "policy.rules[0] is empty"},
        Bad{"rule_without_name", in_policy("rules: [{match: {}, ladder: [{log: true}]}]"), "2:11",
            "policy.rules[0].name is missing"},
        Bad{"rule_name_with_blank", with_name("kill writers"), "3:13", "1 to 64 of a-z, 0-9, '_' and '-'"},
        Bad{"rule_name_with_upper_case", with_name("Kill"), "3:13", "not 'Kill'"},
        Bad{"rule_name_too_long", with_name(std::string(65, 'a')), "3:13", "1 to 64"},
        Bad{"rule_without_match", in_policy("rules: [{name: x, ladder: [{log: true}]}]"), "2:11",
            "policy.rules[0].match is missing; `match: {}` matches every finding"},
        Bad{"match_commented_out", with_match("# cause: unkillable"), "4:7", "match is missing"},
        Bad{"rule_without_ladder", in_policy("rules: [{name: x, match: {}}]"), "2:11",
            "ladder must have at least one step"},
        Bad{"ladder_empty", with_ladder("[]"), "5:15", "must have at least one step"},
        Bad{"ladder_is_a_word", with_ladder("KILL"), "5:15", "must be a list, not a single value"},
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
