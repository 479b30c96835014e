// SPDX-License-Identifier: Apache-2.0
#include "report/escape.h"

#include <gtest/gtest.h>

namespace wedged {

struct EscapeCase {
  const char* what;
  std::string text;
  std::string shown;
};

void PrintTo(const EscapeCase& escaped, std::ostream* out) {
  *out << escaped.what;
}

class Printable : public testing::TestWithParam<EscapeCase> {};

TEST_P(Printable, shows_it_without_letting_the_terminal_act) {
  EXPECT_EQ(printable(GetParam().text), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Escape, Printable,
    testing::Values(
        EscapeCase{"plain", "postgres: writer", "postgres: writer"}, EscapeCase{"newline", "a\nb", "a\\x0ab"},
        EscapeCase{"escape_sequence", "\x1b[2Jx", "\\x1b[2Jx"},
        EscapeCase{"nul", std::string("a\0b", 3), "a\\x00b"}, EscapeCase{"del", "\x7f", "\\x7f"},
        EscapeCase{"tab", "\t", "\\x09"},
        EscapeCase{"backslash_stays", R"(dev-disk-by\x2duuid.device)", R"(dev-disk-by\x2duuid.device)"},
        EscapeCase{"utf8_stays",
                   "gr\xc3\xb6\xc3\x9f"
                   "e \xf0\x9f\x98\x80",
                   "gr\xc3\xb6\xc3\x9f"
                   "e \xf0\x9f\x98\x80"},
        EscapeCase{"c1_control",
                   "\xc2\x9b"
                   "2J",
                   "\\xc2\\x9b2J"},
        EscapeCase{"direction_override",
                   "\xe2\x80\xae"
                   "gpj",
                   "\\xe2\\x80\\xaegpj"},
        EscapeCase{"lone_continuation", "\x80", "\\x80"},
        EscapeCase{"overlong_two", "\xc0\x8a", "\\xc0\\x8a"},
        EscapeCase{"overlong_three", "\xe0\x80\x8a", "\\xe0\\x80\\x8a"},
        EscapeCase{"overlong_four", "\xf0\x80\x80\x8a", "\\xf0\\x80\\x80\\x8a"},
        EscapeCase{"surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        EscapeCase{"beyond_unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        EscapeCase{"cut_short", "a\xe2\x82", "a\\xe2\\x82"},
        EscapeCase{"cut_short_then_text", "\xe2\x82z", "\\xe2\\x82z"}, EscapeCase{"empty", "", ""}),
    [](const auto& test) { return std::string(test.param.what); });

TEST(LabelText, is_printable) {
  EXPECT_EQ(label_text("a\xff\n", 64), "a\\xff\\x0a");
}

TEST(LabelText, never_cuts_a_character_in_two) {
  EXPECT_EQ(label_text("ab\xc3\xb6", 3), "ab");
  EXPECT_EQ(label_text("ab\xc3\xb6", 4), "ab\xc3\xb6");
  EXPECT_EQ(label_text("ab\n", 5), "ab");
}

TEST(CutTo, leaves_alone_what_fits) {
  EXPECT_EQ(cut_to("gr\xc3\xb6\xc3\x9f"
                   "e",
                   5),
            "gr\xc3\xb6\xc3\x9f"
            "e");
}

TEST(CutTo, marks_what_was_cut) {
  EXPECT_EQ(cut_to("\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6", 5), "\xc3\xb6\xc3\xb6...");
}

TEST(CutTo, has_no_room_for_the_mark_in_three_columns) {
  EXPECT_EQ(cut_to("abcdef", 3), "abc");
}

struct WidthCase {
  const char* what;
  std::string text;
  std::size_t columns;
};

class ColumnsOf : public testing::TestWithParam<WidthCase> {};

TEST_P(ColumnsOf, are_those_of_a_terminal) {
  EXPECT_EQ(columns_of(GetParam().text), GetParam().columns);
}

INSTANTIATE_TEST_SUITE_P(Escape, ColumnsOf,
                         testing::Values(WidthCase{"empty", "", 0}, WidthCase{"ascii", "abc", 3},
                                         WidthCase{"umlaut", "\u00f6", 1},
                                         WidthCase{"wide", "\u6f22\u5b57", 4},
                                         WidthCase{"combining", "e\u0301", 1},
                                         WidthCase{"emoji", "\U0001f600", 2}),
                         [](const auto& test) { return std::string(test.param.what); });

void PrintTo(const WidthCase& test, std::ostream* out) {
  *out << test.what;
}

TEST(CutTo, never_cuts_a_wide_character_in_two) {
  EXPECT_EQ(cut_to("\u6f22\u5b57\u6f22\u5b57", 6), "\u6f22...");
  EXPECT_EQ(first_columns("\u6f22\u5b57", 3), "\u6f22");
}

}  // namespace wedged
