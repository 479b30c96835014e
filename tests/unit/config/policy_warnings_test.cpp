// SPDX-License-Identifier: Apache-2.0
#include "config/policy_warnings.h"

#include <gtest/gtest.h>

#include "policy_texts.h"
#include "problems_of.h"

namespace wedged {
namespace {

using test::rule_with;
using test::user_named;

std::vector<std::string> warnings_in(const std::vector<ConfigText>& texts) {
  const auto parsed = parse_config(texts, user_named);
  if (const auto* problems = std::get_if<ConfigProblems>(&parsed))
    return {"refused: " + problems->front().text()};
  std::vector<std::string> lines;
  for (const ConfigProblem& warning : warnings_of(std::get<LoadedConfig>(parsed)))
    lines.push_back(warning.text());
  return lines;
}

template <typename Case>
std::string name_of_case(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

struct Doubtful {
  std::string name;
  std::string match;
  std::string ladder;
  std::string rest;     // more of the policy, or of the rule
  std::string warning;  // a part of the only one; empty: there is none
};

void PrintTo(const Doubtful& doubtful, std::ostream* out) {
  *out << doubtful.name;
}

class PolicyWarning : public testing::TestWithParam<Doubtful> {};

TEST_P(PolicyWarning, is_given_where_it_is_sure) {
  const Doubtful& doubtful = GetParam();
  const auto warnings = warnings_in({{"f", rule_with(doubtful.match, doubtful.ladder) + doubtful.rest}});
  if (doubtful.warning.empty()) {
    EXPECT_EQ(warnings, std::vector<std::string>{});
    return;
  }
  ASSERT_EQ(warnings.size(), 1U) << testing::PrintToString(warnings);
  EXPECT_EQ(warnings[0].rfind("f:3:7: warning: rule x ", 0), 0U) << warnings[0];
  EXPECT_NE(warnings[0].find(doubtful.warning), std::string::npos) << warnings[0];
}

const char* const logged = "[{log: true}]";
const char* const killed = "[{signal: KILL}]";

INSTANTIATE_TEST_SUITE_P(
    Matches, PolicyWarning,
    testing::Values(
        Doubtful{
            "cause_never_so_sure", "{cause: slow_syscall, certainty: certain}", logged, "",
            "can never match: slow_syscall is never surer than possible, and `certainty` asks for certain"},
        Doubtful{"usual_certainty_too_high", "{cause: stopped}", logged, "", "asks for likely"},
        Doubtful{"cause_sure_enough", "{cause: starved, certainty: likely}", logged, "", ""},
        Doubtful{"one_cause_of_two", "{cause: [kernel_loop, unkillable], certainty: certain}", logged, "",
                 "has a `cause` that can never match: kernel_loop is never surer than likely"},
        Doubtful{"victims_as_roots", "{cause: waits_for_stuck}", logged, "",
                 "matched with `role: victim` alone"},
        Doubtful{"victims_as_victims", "{cause: waits_for_stuck, role: victim}", logged, "", ""},
        Doubtful{"victims_of_the_slow", "{cause: [event_loop_spin, slow_syscall], role: victim}", logged, "",
                 "can never match: nobody is a victim of slow_syscall"},
        Doubtful{"victims_of_a_lock", "{cause: lock_cycle, role: victim}", logged, "", ""},
        Doubtful{
            "name_too_long", "{comm: 'postgres-exporter*'}", logged, "",
            "can never match: the kernel cuts names to 15 characters, and 'postgres-exporter*' needs more"},
        Doubtful{"name_just_fits", "{comm: 'postgres-export*'}", logged, "", ""},
        Doubtful{"one_name_too_long", "{comm: [db, 'postgres-exporter*']}", logged, "",
                 "has a `comm` that can never"},
        Doubtful{"lasting_below_threshold", "{cause: [lock_cycle, starved], lasting: 9s}", logged, "",
                 "has a `lasting` of 9 s without effect: what it matches is found only after 10 s"},
        Doubtful{"lasting_at_threshold", "{cause: lock_cycle, lasting: 10s}", logged, "", ""},
        Doubtful{"lasting_below_one_of_two", "{cause: [lock_cycle, crashed_thread], lasting: 9s}", logged, "",
                 ""},
        Doubtful{"lasting_of_any_cause", "{lasting: 1s}", logged, "", ""},
        Doubtful{"lasting_of_victims", "{cause: lock_cycle, role: victim, lasting: 1s}", logged, "", ""},
        Doubtful{"lasting_below_raised_threshold", "{cause: lock_cycle, lasting: 30s}", logged,
                 "thresholds: {lock_wait: 1m}\n", "found only after 1 min"}),
    name_of_case<Doubtful>);

INSTANTIATE_TEST_SUITE_P(
    Ladders, PolicyWarning,
    testing::Values(
        Doubtful{"signal_to_the_protected", "{comm: [sshd, 'systemd-jour*']}", killed, "",
                 "is always refused where it would signal or restart: whatever is sshd or systemd-jour* is "
                 "protected"},
        Doubtful{"restart_of_the_protected", "{comm: init}", "[{restart_unit: true}]", "",
                 "whatever is init"},
        Doubtful{"log_of_the_protected", "{comm: sshd}", "[{dump: stacks}, {hook: {command: [/a]}}]", "", ""},
        Doubtful{"one_is_not_protected", "{comm: [sshd, db]}", killed, "", ""},
        Doubtful{"wider_than_the_protected", "{comm: 's*'}", killed, "", ""},
        Doubtful{"protected_by_the_policy", "{exe: /opt/db/*}", killed, "  protect: ['/opt/*', x]\n",
                 "whatever is /opt/db/* is protected"},
        Doubtful{"not_protected_by_the_policy", "{exe: /opt/db/*}", killed, "  protect: ['/srv/*', x]\n", ""},
        Doubtful{"too_many_steps", "{}", "[{signal: TERM}, {log: true}, {signal: KILL}]",
                 "      limits: {actions: 1}\n",
                 "cannot climb its ladder at once: step 3 has to wait, since its own limits allow 1 action "
                 "in 10 min"},
        Doubtful{"as_many_steps_as_allowed", "{}",
                 "[{dump: core}, {signal: TERM}, {signal: KILL}, {log: true}]",
                 "      limits: {actions: 2}\n", ""},
        Doubtful{"steps_slower_than_the_window", "{}", "[{signal: TERM, grace: 10m}, {signal: KILL}]",
                 "      limits: {actions: 1}\n", ""},
        Doubtful{"steps_slower_than_the_window_by_a_scan", "{}",
                 "[{signal: TERM, grace: 9m}, {signal: KILL}]",
                 "      limits: {actions: 1}\nscan: {interval: 1m}\n", ""},
        Doubtful{"restart_of_scopes", "{unit: ['*.scope', a.mount]}", "[{restart_unit: true}]", "",
                 "has a restart that is always refused: *.scope or a.mount is no service"},
        Doubtful{"restart_of_services_too", "{unit: ['*.scope', 'a*']}", "[{restart_unit: true}]", "", ""},
        Doubtful{"no_restart_of_scopes", "{unit: '*.scope'}", "[{signal: TERM, to: unit}]", "", ""},
        Doubtful{"too_many_steps_for_the_host", "{}", "[{signal: TERM}, {signal: KILL}]",
                 "  limits: {actions: 1}\n", "the host's limits allow 1 action"},
        Doubtful{"too_many_steps_for_a_unit", "{unit: 'a*'}", "[{signal: TERM}, {signal: KILL}]",
                 "  unit_limits: {actions: 1}\n", "each unit's limits allow 1 action"},
        Doubtful{"perhaps_without_a_unit", "{}", "[{signal: TERM}, {signal: KILL}]",
                 "  unit_limits: {actions: 1}\n", ""},
        Doubtful{"enforced_by_itself_alone", "{}", killed, "      enforce: true\n",
                 "says `enforce: true`, but `policy.enforce` is false"},
        Doubtful{"enforced_by_both", "{}", killed, "      enforce: true\n  enforce: true\n", ""},
        Doubtful{"enforced_by_default", "{}", killed, "", ""}),
    name_of_case<Doubtful>);

struct Two {
  std::string name;
  std::string first;
  std::string second;
  bool shadowed;
};

void PrintTo(const Two& two, std::ostream* out) {
  *out << two.name;
}

std::string two_rules(const Two& two, const std::string& order) {
  return "policy:\n  order: " + order + "\n  rules:\n    - { name: x, match: " + two.first +
         ", ladder: [{log: true}] }\n    - { name: y, match: " + two.second + ", ladder: [{log: true}] }\n";
}

class Shadow : public testing::TestWithParam<Two> {};

TEST_P(Shadow, is_cast_by_a_rule_that_matches_as_much) {
  const std::vector<std::string> expected{
      "f:5:7: warning: rule y is never reached: x (f:4:7) matches all that it matches, and the first rule "
      "counts"};
  EXPECT_EQ(warnings_in({{"f", two_rules(GetParam(), "first")}}),
            GetParam().shadowed ? expected : std::vector<std::string>{});
  EXPECT_EQ(warnings_in({{"f", two_rules(GetParam(), "all")}}), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Shadow,
    testing::Values(
        Two{"of_all", "{}", "{comm: a, cause: unkillable}", true},
        Two{"of_one_cause", "{cause: unkillable}", "{}", false},
        Two{"of_more_causes", "{cause: [unkillable, starved]}", "{cause: starved}", true},
        Two{"of_other_causes", "{cause: [unkillable]}", "{cause: [unkillable, starved]}", false},
        Two{"of_the_surer", "{certainty: certain}", "{certainty: likely}", false},
        Two{"of_the_less_sure", "{certainty: possible}", "{certainty: likely}", true},
        Two{"of_the_longer", "{lasting: 2m}", "{lasting: 1m}", false},
        Two{"of_the_shorter", "{lasting: 1m}", "{lasting: 2m}", true},
        Two{"of_the_other_role", "{role: victim}", "{role: root}", false},
        Two{"of_wider_names", "{comm: 'a*'}", "{comm: [ab, 'ac*']}", true},
        Two{"of_narrower_names", "{comm: 'ab*'}", "{comm: 'a*'}", false},
        Two{"of_any_name", "{comm: '*'}", "{}", false},
        Two{"of_the_same_user", "{user: [postgres, 7]}", "{user: 26}", true},
        Two{"of_another_user", "{user: 7}", "{user: 26}", false},
        Two{"of_other_keys", "{exe: /a}", "{unit: b}", false},
        Two{"of_one_key_of_two", "{exe: '/a*', mount: /m}", "{exe: /ab}", false},
        Two{"of_all_keys", "{unit: '*', cgroup: '*', container: '*', pod: '*', device: '*', mount: '*'}",
            "{unit: a, cgroup: /a, container: 'a:*', pod: 'a*', device: a, mount: a, syscall: fsync}", true}),
    name_of_case<Two>);

TEST(PolicyWarnings, a_drop_in_names_its_own_file) {
  const std::string main = "policy:\n  rules:\n    - { name: x, match: {}, ladder: [{log: true}] }\n";
  const std::string more = "policy:\n  rules:\n    - { name: y, match: {}, ladder: [{log: true}] }\n";
  EXPECT_EQ(
      warnings_in({{"f", main}, {"f.d/a", more}}),
      (std::vector<std::string>{"f.d/a:3:7: warning: rule y is never reached: x (f:3:7) matches all that it "
                                "matches, and the first rule counts"}));
}

TEST(PolicyWarnings, to_enforce_nothing_is_told) {
  EXPECT_EQ(warnings_in({{"f", "policy: {enforce: true}"}}),
            (std::vector<std::string>{
                "f: warning: `policy.enforce` is true and there are no rules: nothing is ever done"}));
}

TEST(PolicyWarnings, a_policy_that_says_nothing_has_none) {
  EXPECT_TRUE(warnings_in({{"f", ""}}).empty());
}

}  // namespace
}  // namespace wedged
