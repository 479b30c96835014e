// SPDX-License-Identifier: Apache-2.0
#include "top/state.h"

#include <gtest/gtest.h>

#include "top_world.h"

namespace wedged::test {
namespace {

using Mode = TopState::Mode;

constexpr std::size_t page = 10;

TopState after(TopState state, const std::string& keys, const TopSample& sample) {
  for (const char key : keys) state = pressed(std::move(state), {TopKey::text, key}, sample, page);
  return state;
}

TopState after(TopState state, TopKey key, const TopSample& sample) {
  return pressed(std::move(state), {key}, sample, page);
}

TEST(TopState, filters_without_regard_to_case_and_escape_takes_the_filter_off) {
  auto state = after(after({}, "\\YOUNG", two_stuck()), TopKey::enter, two_stuck());
  EXPECT_EQ(state.mode, Mode::table);
  EXPECT_EQ(arranged(two_stuck(), state).rows.size(), 1U);
  state = after(state, TopKey::escape, two_stuck());
  EXPECT_EQ(arranged(two_stuck(), state).rows.size(), 2U);
}

TEST(TopState, finds_the_next_that_contains_it) {
  const auto state = after({}, "/young", two_stuck());
  EXPECT_EQ(state.selected, 1U);
}

TEST(TopState, opens_the_selected_row_and_q_leaves_the_page_before_the_screen) {
  auto state = after({}, TopKey::down, two_stuck());
  state = after(state, TopKey::enter, two_stuck());
  ASSERT_EQ(state.mode, Mode::page);
  EXPECT_EQ(state.opened, TopSubject{two_stuck().findings[0].key}) << "the shorter one is second";
  state = after(state, "q", two_stuck());
  EXPECT_FALSE(state.quit);
  EXPECT_TRUE(after(state, "q", two_stuck()).quit);
}

// Two processes, of which the one with the greater count calls more.
TopSample calling(std::uint64_t first, std::uint64_t second) {
  return sample_of({}, {counted(thread(1, 1, "one"), first, 0), counted(thread(2, 2, "two"), second, 0)});
}

TEST(TopState, follows_what_is_selected_wherever_a_new_sample_has_it) {
  const auto before = calling(20, 10), now = calling(10, 20);
  auto state = after(after({}, "4", before), TopKey::down, before);
  ASSERT_EQ(state.selected, 1U);
  follow_chosen(state, arranged(now, state));
  EXPECT_EQ(state.selected, 0U) << "two calls more now";
  state = after(state, TopKey::enter, now);
  EXPECT_EQ(state.opened, TopSubject(ProcessId{2, 2}));
}

TEST(TopState, follows_nothing_in_the_first_row_and_nothing_that_is_gone) {
  const auto before = calling(20, 10), now = calling(10, 20);
  auto state = after({}, "4", before);
  follow_chosen(state, arranged(now, state));
  EXPECT_EQ(state.selected, 0U) << "who watches the top wants to see who is there";
  state = after(state, TopKey::down, before);
  follow_chosen(state, arranged(sample_of({}, {counted(thread(1, 1, "one"), 1, 0)}), state));
  EXPECT_EQ(state.selected, 1U) << "whoever draws it knows the end";
}

TEST(TopState, opens_nothing_where_there_is_nothing) {
  EXPECT_EQ(after({}, TopKey::enter, TopSample{}).mode, Mode::table);
}

TEST(TopState, goes_through_the_views_by_number_and_by_tab) {
  TopState state;
  for (std::size_t at = 0; at < top_views; ++at) {
    EXPECT_EQ(after({}, std::string(1, static_cast<char>('1' + at)), two_stuck()).view, state.view);
    state = after(state, TopKey::tab, two_stuck());
  }
  EXPECT_EQ(state.view, TopView::stuck) << "and round again";
}

TEST(TopState, sorts_each_view_by_itself) {
  auto state = after({}, "I", two_stuck());
  EXPECT_EQ(arranged(two_stuck(), state).rows[0].subject, TopSubject{two_stuck().findings[0].key});
  state = after(state, "4>", two_stuck());
  EXPECT_EQ(state.order[3].column, first_order(TopView::processes).column + 1);
  EXPECT_EQ(state.order[0].column, first_order(TopView::stuck).column);
}

TEST(TopState, keeps_the_selection_and_the_interval_within_bounds) {
  EXPECT_EQ(after({}, TopKey::page_down, two_stuck()).selected, 1U);
  EXPECT_EQ(after({}, TopKey::up, two_stuck()).selected, 0U);
  EXPECT_EQ(after({}, "++++++++++", two_stuck()).interval, 60s);
  EXPECT_EQ(after({}, "----------", two_stuck()).interval, 250ms);
  TopState by_flag;
  by_flag.interval = 5min;
  EXPECT_EQ(after(by_flag, "+", two_stuck()).interval, 5min) << "longer than any key makes it";
  by_flag.interval = 100ms;
  EXPECT_EQ(after(by_flag, "-", two_stuck()).interval, 100ms);
}

}  // namespace
}  // namespace wedged::test
