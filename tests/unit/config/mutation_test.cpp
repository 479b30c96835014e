// SPDX-License-Identifier: Apache-2.0
// Whatever stands in the file, it is refused in words or understood: what is understood is written, explained
// and judged, and read again the same.
#include <gtest/gtest.h>

#include "config/policy_explanation.h"
#include "config/policy_warnings.h"
#include "policy_texts.h"
#include "problems_of.h"

namespace wedged {
namespace {

using test::user_named;

struct Counts {
  std::size_t refused = 0;
  std::size_t understood = 0;
};

void judge(const std::vector<ConfigText>& texts, Counts& counts) {
  const auto parsed = parse_config(texts, user_named);
  if (const auto* problems = std::get_if<ConfigProblems>(&parsed)) {
    ++counts.refused;
    ASSERT_FALSE(problems->empty());
    for (const ConfigProblem& problem : *problems) EXPECT_FALSE(problem.message.empty());
    return;
  }
  ++counts.understood;
  const auto& config = std::get<LoadedConfig>(parsed);
  ASSERT_EQ(config.sources.size(), config.settings.policy.rules.size());
  for (const ConfigProblem& warning : warnings_of(config)) EXPECT_FALSE(warning.message.empty());
  for (const Rule& rule : config.settings.policy.rules) {
    ASSERT_FALSE(rule.ladder.empty());
    EXPECT_FALSE(explain_rule(config.settings.policy, rule).empty());
  }
  const std::string written = to_yaml(config.settings);
  const auto again = parse_config({{"f", written}}, user_named);
  ASSERT_TRUE(std::holds_alternative<LoadedConfig>(again)) << written;
  EXPECT_EQ(to_yaml(std::get<LoadedConfig>(again).settings), written);
}

std::string changed(std::string text, std::size_t at, char with) {
  text[at] = with;
  return text;
}

TEST(Mutation, a_file_cut_off_anywhere_is_refused_or_understood) {
  const std::string text = test::every_policy_key;
  Counts counts;
  for (std::size_t length = 0; length <= text.size(); ++length)
    judge({{"f", text.substr(0, length)}}, counts);
  EXPECT_GT(counts.refused, 0U);
  EXPECT_GT(counts.understood, 0U);
}

TEST(Mutation, a_file_with_any_character_changed_is_refused_or_understood) {
  const std::string text = test::every_policy_key;
  const std::string characters{"{}[],:#\"'\n\0 -&*!|>%@~0a/\\\xff", 26};
  Counts counts;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (std::size_t turn = 0; turn < 3; ++turn)
      judge({{"f", changed(text, at, characters[(at * 3 + turn) % characters.size()])}}, counts);
  }
  EXPECT_GT(counts.refused, 0U);
  EXPECT_GT(counts.understood, 0U);
}

TEST(Mutation, a_line_left_out_or_given_twice_is_refused_or_understood) {
  const std::string text = test::every_policy_key;
  Counts counts;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start) + 1;
    judge({{"f", text.substr(0, start) + text.substr(end)}}, counts);
    judge({{"f", text.substr(0, end) + text.substr(start)}}, counts);
    judge({{"f", ""}, {"g", text.substr(start)}}, counts);
    start = end;
  }
  EXPECT_GT(counts.refused, 0U);
  EXPECT_GT(counts.understood, 0U);
}

}  // namespace
}  // namespace wedged
