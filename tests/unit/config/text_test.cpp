// SPDX-License-Identifier: Apache-2.0
// The small things that messages and readers are made of: addresses, UTF-8, nearest words.
#include <gtest/gtest.h>

#include "config/listen_address.h"
#include "config/problems.h"
#include "config/utf8.h"

namespace wedged {
namespace {

TEST(ListenAddress, addresses_are_read_and_written) {
  const std::pair<const char*, const char*> cases[] = {{"127.0.0.1:9974", "127.0.0.1:9974"},
                                                       {"[::1]:80", "[::1]:80"},
                                                       {"localhost:65535", "127.0.0.1:65535"},
                                                       {":9974", "0.0.0.0:9974"},
                                                       {"[::]:1", "[::]:1"}};
  for (const auto& [text, written] : cases) {
    const auto address = parse_listen_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->text(), written);
  }
}

TEST(ListenAddress, everything_else_is_refused) {
  for (const char* text : {"", ":", "9974", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999",
                           "127.0.0.1:80x", "127.0.0.1:-1", "127.0.0.1: 80", "127.1:80", "::1:80", "[::1]",
                           "[::1:80", "[127.0.0.1]:80", "[]:80", "example.com:80", "http://127.0.0.1:80"}) {
    EXPECT_FALSE(parse_listen_address(text)) << text;
  }
}

TEST(Utf8, text_passes) {
  for (const char* text :
       {"", "ascii\n", "gr\u00fc\u00df", "\u20ac\ud7ff\ue000\uffff", "\U0001f4a9\U0010ffff"}) {
    EXPECT_EQ(first_invalid_utf8(text), std::nullopt) << text;
  }
}

TEST(Utf8, the_first_byte_that_is_no_text_is_told) {
  const std::pair<std::string_view, std::size_t> cases[] = {
      {"ab\x80", 2},       {"a\xc3", 1},     {"\xc0\x80", 0},         {"\xe0\x80\x80", 0},
      {"\xed\xa0\x80", 0}, {"\xe2\x82", 0},  {"\xf4\x90\x80\x80", 0}, {"\xf0\x8f\xbf\xbf", 0},
      {"\xff", 0},         {"\u00fc\xfc", 2}};
  for (const auto& [text, at] : cases) EXPECT_EQ(first_invalid_utf8(text), at) << text;
}

TEST(DidYouMean, the_nearest_word_is_named_and_only_if_it_is_near) {
  const std::vector<std::string> known{"interval", "observe", "scan"};
  EXPECT_EQ(did_you_mean("intervall", known), "; did you mean 'interval'?");
  EXPECT_EQ(did_you_mean("SCAN", known), "; did you mean 'scan'?");
  EXPECT_EQ(did_you_mean("obsrve", known), "; did you mean 'observe'?");
  EXPECT_EQ(did_you_mean("policy", known), "");
  EXPECT_EQ(did_you_mean("", known), "");
  EXPECT_EQ(did_you_mean("x", {}), "");
  EXPECT_EQ(did_you_mean(std::string(100000, 'i'), known), "");
}

TEST(ConfigProblem, it_names_file_line_and_column_or_the_file_alone) {
  EXPECT_EQ((ConfigProblem{"a.yaml", 3, 7, "is wrong"}.text()), "a.yaml:3:7: is wrong");
  EXPECT_EQ((ConfigProblem{"a.yaml", 0, 0, "is wrong"}.text()), "a.yaml: is wrong");
}

TEST(Alternatives, they_read_like_a_sentence) {
  EXPECT_EQ(alternatives({}), "");
  EXPECT_EQ(alternatives({"a"}), "a");
  EXPECT_EQ(alternatives({"a", "b", "c"}), "a, b or c");
}

}  // namespace
}  // namespace wedged
