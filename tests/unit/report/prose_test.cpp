// SPDX-License-Identifier: Apache-2.0
#include "report/prose.h"

#include <gtest/gtest.h>

namespace wedged {

TEST(Prose, is_broken_at_spaces) {
  EXPECT_EQ(paragraph("one two three four", {"- ", "  "}, 10), "- one two\n  three\n  four\n");
}

TEST(Prose, keeps_a_word_whole_that_is_longer_than_the_line) {
  EXPECT_EQ(paragraph("a /a/very/long/path b", {"", ""}, 6), "a\n/a/very/long/path\nb\n");
}

TEST(Prose, counts_columns_not_bytes) {
  EXPECT_EQ(paragraph("\xc3\xb6\xc3\xb6 \xc3\xb6\xc3\xb6", {"", ""}, 5),
            "\xc3\xb6\xc3\xb6 \xc3\xb6\xc3\xb6\n");
}

TEST(Prose, of_nothing_is_one_empty_line) {
  EXPECT_EQ(paragraph("", {"  ", "  "}, 10), "  \n");
}

TEST(Prose, does_not_use_the_whole_of_a_wide_screen) {
  const std::string text = paragraph(std::string(150, 'x') + " y", {"", ""}, 0);
  EXPECT_EQ(text, std::string(150, 'x') + "\ny\n");
}

}  // namespace wedged
