// SPDX-License-Identifier: Apache-2.0
#include "top/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/escape.h"
#include "top/batch.h"
#include "top/layout.h"
#include "top_world.h"

namespace wedged::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int call_read = 0;

// With a name of wide characters: two columns each.
TopSample busy_host() {
  auto sample =
      sample_of({}, {in_call(counted(thread(1, 1, "\u6f22\u5b57\u6f22\u5b57"), 9, 1), call_read, 1s)});
  sample.findings = two_stuck().findings;
  return sample;
}

TEST(TopView, fits_every_size_and_escapes_names) {
  for (const TopSize size :
       {TopSize{24, 80}, TopSize{15, 60}, TopSize{50, 200}, TopSize{6, 20}, TopSize{3, 10}}) {
    for (const char view : {'1', '2', '3', '4', '5', 'h'}) {
      auto state = pressed({}, {TopKey::text, view}, busy_host(), 10);
      const auto lines = draw(busy_host(), state, size);
      EXPECT_EQ(lines.size(), size.rows);
      for (const auto& line : lines)
        EXPECT_LE(columns_of(text_of({line})), size.columns + 1) << text_of({line});
      EXPECT_EQ(text_of(lines).find('\033'), std::string::npos);
    }
  }
}

TEST(TopView, says_that_it_is_looking_until_it_has_judged) {
  TopState state;
  TopSample sample;
  EXPECT_THAT(text_of(draw(sample, state, {})), HasSubstr("looking..."));
  sample.judged = true;
  EXPECT_THAT(text_of(draw(sample, state, {})), HasSubstr("0 stuck, 0 certain"));
}

TEST(TopView, says_how_many_more_are_stuck_than_are_told) {
  TopState state;
  auto sample = busy_host();
  sample.untold = 17;
  EXPECT_THAT(text_of(draw(sample, state, {24, 120})), HasSubstr("certain, and 17 more, not told  "));
  EXPECT_THAT(batch_text(sample, 0), HasSubstr(" stuck, and 17 more, not told, "));
}

TEST(TopView, keeps_columns_below_each_other_whatever_the_characters) {
  TopTable table{{{"NAME"}, {"N", true}}, {}, ""};
  add_row(table, {text_cell("\u6f22\u5b57"), count_cell(1)});
  add_row(table, {text_cell("abcd"), count_cell(1)});
  const auto lines = plain_table(table, 0);
  EXPECT_EQ(columns_of(lines.at(1)), columns_of(lines.at(2)));
}

TEST(TopLayout, wraps_long_lines_at_spaces_below_their_beginning) {
  EXPECT_THAT(wrapped({"one two three four", "", "short"}, 8),
              ElementsAre("one two", "  three", "  four", "", "short"));
  EXPECT_THAT(wrapped({"0123456789abc"}, 8), ElementsAre("01234567", "  89abc"));
  EXPECT_THAT(wrapped({"\u6f22\u5b57\u6f22"}, 4), ElementsAre("\u6f22\u5b57", " \u6f22"));
}

TEST(TopBatch, prints_every_view_and_says_how_much_it_leaves_out) {
  EXPECT_THAT(batch_text(busy_host(), 0), AllOf(HasSubstr("self_deadlock"), HasSubstr("Syscalls:"),
                                                HasSubstr("Processes:"), HasSubstr("Units:")));
  std::vector<CensusThread> many;
  for (int pid = 1; pid <= 45; ++pid) many.push_back(thread(pid, pid, "many"));
  EXPECT_THAT(batch_text(sample_of({}, many), 0), HasSubstr("... and 5 more"));
}

TEST(TopBatch, json_has_null_for_what_is_unknown) {
  auto unknown = in_call(thread(2, 2, "unknown"), call_read, 3s);
  const auto document = batch_json(sample_of({}, {unknown}));
  EXPECT_THAT(document, HasSubstr(R"("pid":2,"comm":"unknown","unit":null,"threads":1)"));
  EXPECT_THAT(document, HasSubstr(R"("calls_per_second":null)"));
  EXPECT_THAT(document, HasSubstr(R"("mean_seconds":null)"));
  EXPECT_THAT(document,
              HasSubstr(R"("longest_call":{"syscall":"read","tid":2,"age_seconds":3.0,"age_exact":true})"));
}

}  // namespace
}  // namespace wedged::test
