// SPDX-License-Identifier: Apache-2.0
#include "config/glob_cover.h"

#include <gtest/gtest.h>

#include "config/globs.h"
#include "policy/match.h"

namespace wedged {
namespace {

struct Pair {
  const char* wide;
  const char* narrow;
};

TEST(GlobCover, what_surely_matches_no_less_covers) {
  for (const Pair& pair :
       {Pair{"a", "a"}, Pair{"*", "a"}, Pair{"*", "[ab]?*"}, Pair{"a*", "ab"}, Pair{"a*", "ab*"},
        Pair{"a*", "a"}, Pair{"a*", "a[bc]"}, Pair{"?", "a"}, Pair{"[ab]", "b"},
        Pair{"*.service", "a*.service"}, Pair{"*x", "\\x"}, Pair{"[ab]*", "[ab]*"}}) {
    EXPECT_TRUE(covers(pair.wide, pair.narrow)) << pair.wide << " and " << pair.narrow;
  }
}

TEST(GlobCover, what_matches_less_or_is_not_known_does_not) {
  for (const Pair& pair :
       {Pair{"a", "*"}, Pair{"a", "b"}, Pair{"ab*", "a*"}, Pair{"?", "ab"}, Pair{"*c]", "[abc]"},
        Pair{"*.service", "a*"}, Pair{"a?*", "a*"}, Pair{"\\*", "a"}}) {
    EXPECT_FALSE(covers(pair.wide, pair.narrow)) << pair.wide << " and " << pair.narrow;
  }
}

// All short globs of some letters against all short texts: one text that only the narrow one matches refutes.
TEST(GlobCover, no_text_refutes_what_is_said_to_cover) {
  const std::string letters = "ab*?[]\\";
  std::vector<std::string> globs;
  std::vector<std::string> texts{""};
  for (const char a : letters) {
    for (const char b : letters) {
      for (const char c : letters) {
        for (const std::string& glob : {std::string{a}, std::string{a, b}, std::string{a, b, c}}) {
          if (fault_of_glob(glob, GlobSubject::unit).empty()) globs.push_back(glob);
        }
      }
    }
  }
  for (const char a : {'a', 'b', ']', '\\', '*'}) {
    for (const char b : {'a', 'b', ']', '\\', '*'})
      texts.insert(texts.end(), {{a}, {a, b}, {a, b, 'a'}, {b, a, 'b'}});
  }
  std::size_t covering = 0;
  for (const std::string& wide : globs) {
    for (const std::string& narrow : globs) {
      if (!covers(wide, narrow)) continue;
      ++covering;
      for (const std::string& text : texts) {
        EXPECT_TRUE(!glob_matches(narrow, text) || glob_matches(wide, text))
            << wide << " " << narrow << " " << text;
      }
    }
  }
  EXPECT_GT(covering, globs.size());
}

TEST(GlobCover, no_text_is_shorter_than_the_least_length) {
  for (const auto& [glob, length] : std::vector<std::pair<std::string, std::size_t>>{
           {"*", 0}, {"abc", 3}, {"a*c?", 3}, {"[abc]d", 2}, {"[]a]", 1}, {"[[:alpha:]]x", 2}, {"\\**", 1}}) {
    EXPECT_EQ(least_length(glob), length) << glob;
  }
}

TEST(GlobCover, an_empty_list_covers_all_and_is_covered_by_no_other) {
  const std::vector<std::string> none;
  EXPECT_TRUE(list_covers(none, std::vector<std::string>{"a"}));
  EXPECT_FALSE(list_covers(std::vector<std::string>{"*"}, none)) << "who has no name is matched by none";
  EXPECT_TRUE(list_covers({"a*", "b"}, {"b", "ab"}));
  EXPECT_FALSE(list_covers({"a*"}, {"ab", "c"}));
}

}  // namespace
}  // namespace wedged
