// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/cause_text.h"

#include <gtest/gtest.h>

#include <set>

namespace wedged {
namespace {

TEST(CauseText, every_cause_has_a_meaning_of_its_own) {
  std::set<std::string_view> meanings;
  for (const Cause cause : all_causes) {
    EXPECT_TRUE(meaning_of(cause).ends_with('.')) << name_of(cause);
    EXPECT_TRUE(meanings.insert(meaning_of(cause)).second) << name_of(cause);
  }
}

TEST(CauseText, every_cause_says_how_sure_it_is) {
  for (const Cause cause : all_causes) EXPECT_FALSE(certainty_text_of(cause).empty()) << name_of(cause);
}

TEST(CauseText, every_cause_has_advice_in_whole_sentences) {
  for (const Cause cause : all_causes) {
    EXPECT_GE(advice_of(cause).size(), 2U) << name_of(cause);
    for (const std::string& line : advice_of(cause)) EXPECT_TRUE(line.ends_with('.')) << line;
  }
}

TEST(CauseText, a_forked_child_is_told_all_three_ways_out) {
  std::string all;
  for (const std::string& line : advice_of(Cause::fork_inherited_lock)) all += line;
  for (const char* way : {"no lock between fork and exec", "exec at once", "pthread_atfork"}) {
    EXPECT_NE(all.find(way), std::string::npos) << way;
  }
}

TEST(CauseText, a_crash_handler_is_told_not_to_join_its_own_thread) {
  std::string all;
  for (const std::string& line : advice_of(Cause::crashed_thread)) all += line;
  for (const char* part : {"not cancel and join the calling thread", "default action"}) {
    EXPECT_NE(all.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace wedged
