// SPDX-License-Identifier: Apache-2.0
#include "top/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "top/batch.h"
#include "top/view.h"

namespace wedged {

using namespace std::chrono_literals;

SyscallStats stats(int number, std::uint64_t calls, std::uint64_t errors, std::size_t bucket) {
  SyscallStats made;
  made.number = number;
  made.calls = calls;
  made.errors = errors;
  made.buckets[bucket] = calls;
  return made;
}

Finding stuck(const std::string& comm, Duration lasted) {
  Finding finding;
  finding.key.cause = Cause::self_deadlock;
  finding.key.task.tid = static_cast<int>(lasted.count() % 10007);
  finding.certainty = Certainty::certain;
  finding.task.comm = finding.task.process_comm = comm;
  finding.lasted = lasted;
  return finding;
}

TopSample two_stuck() {
  TopSample sample;
  sample.findings = {stuck("younger", 3s), stuck("older\033[31m", 300s)};
  return sample;
}

std::string text_of(const std::vector<TopLine>& lines) {
  std::string text;
  for (const auto& line : lines) {
    for (const auto& span : line) text += span.text;
    text += "\n";
  }
  return text;
}

TEST(TopRates, are_the_growth_between_two_samples) {
  const auto rates = rates_between({stats(0, 100, 0, 3)}, {stats(0, 300, 50, 3)}, 2s);
  ASSERT_EQ(rates.size(), 1U);
  EXPECT_DOUBLE_EQ(rates[0].calls_per_second, 100);
  EXPECT_DOUBLE_EQ(rates[0].errors_per_second, 25);
  EXPECT_EQ(rates[0].p99, 2048ns);
}

TEST(TopRates, are_none_without_time_or_growth) {
  EXPECT_TRUE(rates_between({}, {stats(0, 300, 50, 3)}, 0s).empty());
  EXPECT_TRUE(rates_between({stats(0, 300, 50, 3)}, {stats(0, 300, 50, 3)}, 1s).empty());
}

TEST(TopModel, shows_who_is_stuck_longest_first_and_filters) {
  TopState state;
  EXPECT_EQ(arranged(two_stuck(), state).rows[0].finding, 1U);
  state.filter = "YOUNG";
  EXPECT_EQ(arranged(two_stuck(), state).rows.size(), 1U);
}

TEST(TopModel, opens_the_selected_finding_and_quits) {
  auto state = pressed({}, {TopKey::down}, two_stuck(), 10);
  state = pressed(state, {TopKey::enter}, two_stuck(), 10);
  ASSERT_EQ(state.mode, TopState::Mode::details);
  EXPECT_EQ(state.opened, two_stuck().findings[0].key);
  state = pressed(state, {TopKey::text, 'q'}, two_stuck(), 10);
  EXPECT_FALSE(state.quit);
  EXPECT_TRUE(pressed(state, {TopKey::text, 'q'}, two_stuck(), 10).quit);
}

TEST(TopView, fits_every_size_and_escapes_names) {
  for (const TopSize size : {TopSize{24, 80}, TopSize{15, 60}, TopSize{50, 200}, TopSize{3, 10}}) {
    for (const char view : {'1', '2', '3', '4', 'h'}) {
      auto state = pressed({}, {TopKey::text, view}, two_stuck(), 10);
      const auto lines = draw(two_stuck(), state, size);
      EXPECT_EQ(lines.size(), size.rows);
      for (const auto& line : lines) EXPECT_LE(text_of({line}).size(), size.columns + 1);
      EXPECT_EQ(text_of(lines).find('\033'), std::string::npos);
    }
  }
}

TEST(TopBatch, prints_every_view) {
  EXPECT_THAT(batch_text(two_stuck(), 0),
              testing::AllOf(testing::HasSubstr("self_deadlock"), testing::HasSubstr("Syscalls:")));
}

}  // namespace wedged
