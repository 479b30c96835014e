// SPDX-License-Identifier: Apache-2.0
#include "report/chronicle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/report_values.h"

namespace wedged {
namespace {

using namespace test;
using testing::HasSubstr;

Finding stuck(int pid, Cause cause = Cause::self_deadlock) {
  return a_finding().of(a_thread().of_process(pid).thread(pid).named("victim")).cause(cause).lasting(10s);
}

FindingChanges raised(const std::vector<Finding>& findings) {
  return {findings, findings, {}};
}

FindingChanges resolved(const std::vector<Finding>& findings) {
  return {{}, {}, findings};
}

Decision decided_about(const Finding& finding, Verdict verdict = Verdict::act,
                       const std::string& rule = "a") {
  Decision decision = a_decision(verdict);
  decision.finding = finding;
  decision.rule = rule;
  return decision;
}

TEST(Chronicle, remembers_an_open_finding_and_then_how_long_it_lasted) {
  Chronicle chronicle;
  chronicle.found(raised({stuck(7)}), test_now);
  ASSERT_EQ(chronicle.story()->open.size(), 1U);
  EXPECT_FALSE(chronicle.story()->open[0]->ended);
  Finding finding = stuck(7);
  finding.lasted = 42s;
  chronicle.found(resolved({finding}), test_now + 32s);
  EXPECT_TRUE(chronicle.story()->open.empty());
  ASSERT_EQ(chronicle.story()->ended.size(), 1U);
  const FindingRecord& record = *chronicle.story()->ended[0];
  EXPECT_EQ(record.key, finding.key);
  EXPECT_EQ(record.raised, test_now);
  EXPECT_EQ(record.ended, test_now + 32s);
  EXPECT_EQ(record.lasted, 42s);
}

TEST(Chronicle, remembers_the_name_of_the_thread_that_has_ended_and_not_of_who_is_left) {
  Chronicle chronicle;
  chronicle.found(raised({told_by_a_survivor()}), test_now);
  const FindingRecord& record = *chronicle.story()->open.at(0);
  EXPECT_EQ(record.key.task.tid, 1250);
  EXPECT_EQ(record.thread_comm, "walwriter");
}

TEST(Chronicle, hands_out_the_same_value_while_nothing_changes) {
  Chronicle chronicle;
  chronicle.found(raised({stuck(7)}), test_now);
  const auto story = chronicle.story();
  chronicle.found({{}, {stuck(7)}, {}}, test_now + 1s);
  EXPECT_EQ(chronicle.story(), story);
  chronicle.found(resolved({stuck(7)}), test_now + 2s);
  EXPECT_GT(chronicle.story()->revision, story->revision);
  EXPECT_EQ(story->open.size(), 1U) << "who holds the old one sees it as it was";
}

TEST(Chronicle, keeps_the_last_500_findings_that_ended) {
  Chronicle chronicle;
  for (int pid = 1; pid <= 510; ++pid) {
    chronicle.found(raised({stuck(pid)}), test_now);
    chronicle.found(resolved({stuck(pid)}), test_now);
  }
  const auto story = chronicle.story();
  ASSERT_EQ(story->ended.size(), Chronicle::most_ended);
  EXPECT_EQ(story->ended.front()->key.task.tgid, 11);
  EXPECT_EQ(story->ended.back()->key.task.tgid, 510);
  EXPECT_EQ(story->forgotten, 10U);
}

TEST(Chronicle, forgets_what_ended_more_than_24_hours_ago_and_nothing_that_holds) {
  Chronicle chronicle;
  chronicle.found(raised({stuck(7), stuck(8)}), test_now);
  chronicle.found(resolved({stuck(7)}), test_now);
  chronicle.found({}, test_now + Chronicle::longest);
  EXPECT_EQ(chronicle.story()->ended.size(), 1U);
  chronicle.found({}, test_now + Chronicle::longest + 1s);
  EXPECT_EQ(chronicle.story()->ended.size(), 0U);
  EXPECT_EQ(chronicle.story()->open.size(), 1U);
}

TEST(Chronicle, notes_a_decision_with_its_own_finding_and_with_no_other) {
  Chronicle chronicle;
  const std::vector<Finding> open{stuck(7), stuck(7, Cause::unkillable), stuck(8)};
  chronicle.found(raised(open), test_now);
  chronicle.decided(decided_about(open[1]), open);
  for (const auto& record : chronicle.story()->open)
    EXPECT_EQ(record->notes.size(), record->key == open[1].key ? 1U : 0U) << record->key.task.tgid;
}

TEST(Chronicle, notes_a_decision_about_a_victim_with_its_root) {
  Chronicle chronicle;
  const Task victim = a_thread().of_process(77).thread(78).named("client");
  Finding root = stuck(7);
  root.victims = {StuckThread{victim, 3s, {}, "a lock"}};
  const std::vector<Finding> open{root, stuck(8)};
  chronicle.found(raised(open), test_now);
  Decision decision = decided_about(a_finding().of(victim).cause(Cause::waits_for_stuck));
  decision.role = Role::victim;
  chronicle.decided(decision, open);
  const auto story = chronicle.story();
  for (const auto& record : story->open)
    EXPECT_EQ(record->notes.size(), record->key == root.key ? 1U : 0U) << record->key.task.tgid;
}

TEST(Chronicle, notes_what_came_of_a_decision_also_after_the_finding_has_ended) {
  Chronicle chronicle;
  const Finding finding = stuck(7);
  chronicle.found(raised({finding}), test_now);
  const Decision first = decided_about(finding, Verdict::act, "first");
  const Decision second = decided_about(finding, Verdict::act, "second");
  chronicle.decided(first, {finding});
  chronicle.decided(second, {finding});
  chronicle.acted({second, OutcomeKind::started, "", test_now});
  EXPECT_EQ(chronicle.story()->open[0]->notes[1].result->kind, OutcomeKind::started);
  chronicle.found(resolved({finding}), test_now + 1s);
  chronicle.acted({second, OutcomeKind::done, "it is gone", test_now + 2s});
  const auto story = chronicle.story();
  const auto& notes = story->ended.at(0)->notes;
  EXPECT_FALSE(notes[0].result) << "the other rule's";
  EXPECT_EQ(notes[1].result->kind, OutcomeKind::done);
  EXPECT_EQ(notes[1].result->detail, "it is gone");
  EXPECT_THAT(notes[1].sentence, HasSubstr("SIGKILL"));
}

TEST(Chronicle, notes_a_refusal_with_its_reason) {
  Chronicle chronicle;
  const Finding finding = stuck(7);
  chronicle.found(raised({finding}), test_now);
  Decision refusal = decided_about(finding, Verdict::refuse);
  refusal.refusal = Refusal::protected_name;
  chronicle.decided(refusal, {finding});
  const auto story = chronicle.story();
  EXPECT_EQ(story->open[0]->notes[0].refusal, Refusal::protected_name);
  EXPECT_EQ(story->open[0]->notes[0].reason, refusal.reason);
}

TEST(Chronicle, keeps_the_last_16_decisions_of_a_finding) {
  Chronicle chronicle;
  const Finding finding = stuck(7);
  chronicle.found(raised({finding}), test_now);
  for (int at = 0; at < 20; ++at)
    chronicle.decided(decided_about(finding, Verdict::act, std::to_string(at)), {finding});
  const auto story = chronicle.story();
  EXPECT_EQ(story->open[0]->notes.size(), Chronicle::most_notes);
  EXPECT_EQ(story->open[0]->notes.front().rule, "4");
  EXPECT_EQ(story->open[0]->notes_forgotten, 4U);
}

TEST(Chronicle, takes_no_notice_of_decisions_about_nothing_it_knows) {
  Chronicle chronicle;
  chronicle.decided(decided_about(stuck(7)), {});
  chronicle.acted({decided_about(stuck(7)), OutcomeKind::done, "", test_now});
  EXPECT_EQ(chronicle.story()->revision, 0U);
}

}  // namespace
}  // namespace wedged
