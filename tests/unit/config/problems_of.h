// SPDX-License-Identifier: Apache-2.0
// What the tests of the configuration share: a text in, its settings or its problems as lines out.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "config/config_file.h"

namespace wedged::test {

// The users of the tests.
inline Result<std::optional<std::uint32_t>> user_named(const std::string& name) {
  if (name == "postgres") return std::optional<std::uint32_t>{26};
  if (name == "o'brien \"x\"") return std::optional<std::uint32_t>{1007};
  if (name == "far") return Error{ErrorKind::system, "cannot be looked up: the directory does not answer"};
  return std::optional<std::uint32_t>{};
}

// Each as "line:column: message".
inline std::vector<std::string> problems_of(const std::string& text) {
  const auto parsed = parse_config({{"f", text}}, user_named);
  std::vector<std::string> lines;
  if (const auto* problems = std::get_if<ConfigProblems>(&parsed)) {
    for (const ConfigProblem& problem : *problems) lines.push_back(problem.text().substr(2));
  }
  return lines;
}

inline Settings settings_of(const std::string& text) {
  auto parsed = parse_config({{"f", text}}, user_named);
  if (auto* config = std::get_if<LoadedConfig>(&parsed)) return config->settings;
  for (const std::string& line : problems_of(text)) ADD_FAILURE() << line;
  return {};
}

// A text with exactly one thing wrong, where that is told, and a part of what is told.
struct Bad {
  std::string name;
  std::string text;
  std::string place;
  std::string part;
};

inline void PrintTo(const Bad& bad, std::ostream* out) {
  *out << bad.name;
}

inline std::string name_of_bad(const testing::TestParamInfo<Bad>& info) {
  return info.param.name;
}

inline void expect_one_problem(const Bad& bad) {
  const auto problems = problems_of(bad.text);
  ASSERT_EQ(problems.size(), 1U) << testing::PrintToString(problems);
  EXPECT_EQ(problems[0].rfind(bad.place + ": ", 0), 0U) << problems[0];
  EXPECT_NE(problems[0].find(bad.part), std::string::npos) << problems[0];
}

}  // namespace wedged::test
