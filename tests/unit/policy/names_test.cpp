// SPDX-License-Identifier: Apache-2.0
// Names are label values: distinct, and of the characters that labels have.
#include <gtest/gtest.h>

#include <csignal>
#include <set>

#include "policy/decision.h"
#include "policy/signals.h"

namespace wedged {
namespace {

template <typename Values>
void expect_distinct_labels(const Values& values) {
  std::set<std::string> names;
  for (const auto value : values) names.emplace(name_of(value));
  EXPECT_EQ(names.size(), values.size());
  for (const std::string& name : names) {
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos) << name;
  }
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(Names, each_verdict_refusal_and_outcome_has_its_own) {
  expect_distinct_labels(std::array{Verdict::act, Verdict::dry_run, Verdict::refuse});
  expect_distinct_labels(all_refusals);
  expect_distinct_labels(all_outcomes);
}

TEST(Names, a_rung_is_called_like_its_signal) {
  EXPECT_EQ((Rung{ActionKind::signal, SIGTERM, {}}.name()), "SIGTERM");
  EXPECT_EQ((Rung{ActionKind::log, 0, {}}.name()), "log");
}

TEST(Signals, names_are_read_with_and_without_sig) {
  EXPECT_EQ(ladder_signal_named("TERM"), SIGTERM);
  EXPECT_EQ(ladder_signal_named("SIGKILL"), SIGKILL);
  for (const std::string& name : ladder_signal_names()) {
    const auto number = ladder_signal_named(name);
    ASSERT_TRUE(number) << name;
    EXPECT_TRUE(is_ladder_signal(*number));
    EXPECT_EQ(signal_name(*number), "SIG" + name);
  }
}

TEST(Signals, no_ladder_may_send_what_ends_nothing) {
  for (const char* name :
       {"STOP", "SIGSTOP", "TSTP", "CONT", "CHLD", "URG", "WINCH", "", "SIG", "term", "9", "SIGSIGTERM"}) {
    EXPECT_FALSE(ladder_signal_named(name)) << name;
  }
  for (const int number : {0, -1, SIGSTOP, SIGCONT, SIGCHLD, 1000})
    EXPECT_FALSE(is_ladder_signal(number)) << number;
}

}  // namespace
}  // namespace wedged
