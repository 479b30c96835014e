// SPDX-License-Identifier: Apache-2.0
// Recordings that `wedged why --record` made of real processes, judged again: what was found then is found
// now, and of healthy ones nothing. A wrong or missed verdict that somebody reports comes here with its
// recording.
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>
#include <set>

#include "diagnosis/diagnose.h"
#include "recording/recording.h"

namespace wedged {
namespace {

struct Replay {
  const char* file;
  Cause cause;
  Certainty certainty;
  int tid;              // of the thread that the finding is about
  std::set<int> stuck;  // all its threads
  std::size_t victims;
};

void PrintTo(const Replay& replay, std::ostream* out) {
  *out << replay.file;
}

const Replay hangs[] = {
    {"self_deadlock.jsonl", Cause::self_deadlock, Certainty::certain, 6636, {6636}, 0},
    {"lock_cycle.jsonl", Cause::lock_cycle, Certainty::certain, 6652, {6652, 6653}, 0},
    {"dead_owner.jsonl", Cause::dead_owner, Certainty::certain, 6676, {6676}, 0},
    {"fork_inherited_lock.jsonl", Cause::fork_inherited_lock, Certainty::likely, 6691, {6691}, 0},
    {"no_waker.jsonl", Cause::no_waker, Certainty::likely, 6702, {6702, 6703, 6704, 6706, 6708}, 0},
    {"waits_for_stuck.jsonl", Cause::self_deadlock, Certainty::certain, 6744, {6744}, 5},
    {"event_loop_spin.jsonl", Cause::event_loop_spin, Certainty::certain, 17937, {17937}, 0},
    {"event_loop_spin_closed_here.jsonl", Cause::event_loop_spin, Certainty::certain, 17957, {17957}, 0},
};

std::string path_of(const std::string& file) {
  return WEDGED_REPLAY_FOLDER "/" + file;
}

// As `wedged why` judges: a wait for a lock is told at once, a spin after a second.
std::vector<Finding> findings_in(const std::string& file) {
  auto recording = read_recording(path_of(file));
  EXPECT_TRUE(recording.ok()) << recording.error().message;
  if (!recording) return {};
  History history(recording->interval);
  Changes changes;
  for (Snapshot& snapshot : recording->snapshots) changes = history.advance(std::move(snapshot));
  Thresholds thresholds;
  thresholds.lock_wait = Duration{};
  thresholds.event_loop_spin = std::chrono::seconds(1);
  return diagnose(changes, thresholds);
}

std::set<int> threads_of(const Finding& finding) {
  std::set<int> threads;
  for (const StuckThread& thread : finding.threads) threads.insert(thread.task.id.tid);
  return threads;
}

std::string name_of_test(const testing::TestParamInfo<Replay>& info) {
  return std::filesystem::path(info.param.file).stem();
}

}  // namespace

class Replayed : public testing::TestWithParam<Replay> {
 protected:
  void SetUp() override {
    if (this_machine != "x86_64") GTEST_SKIP() << "recorded on x86_64";
  }
};
INSTANTIATE_TEST_SUITE_P(Replay, Replayed, testing::ValuesIn(hangs), name_of_test);

TEST_P(Replayed, the_hang_is_found_again_with_its_certainty_and_nothing_besides) {
  const auto findings = findings_in(GetParam().file);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].key.cause, GetParam().cause);
  EXPECT_EQ(findings[0].certainty, GetParam().certainty);
  EXPECT_EQ(findings[0].victims.size(), GetParam().victims);
}

TEST_P(Replayed, its_threads_are_those_that_hung) {
  const auto findings = findings_in(GetParam().file);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].task.id.tid, GetParam().tid);
  EXPECT_EQ(threads_of(findings[0]), GetParam().stuck);
}

TEST(Replay, of_healthy_processes_nothing_is_found) {
  if (this_machine != "x86_64") GTEST_SKIP() << "recorded on x86_64";
  for (const char* file : {"healthy_lock.jsonl", "healthy_redis.jsonl"})
    EXPECT_TRUE(findings_in(file).empty()) << file;
}

TEST(Replay, every_recording_is_judged) {
  std::set<std::string> judged = {"healthy_lock.jsonl", "healthy_redis.jsonl"};
  for (const Replay& hang : hangs) judged.insert(hang.file);
  std::set<std::string> there;
  for (const auto& entry : std::filesystem::directory_iterator(WEDGED_REPLAY_FOLDER))
    there.insert(entry.path().filename());
  EXPECT_EQ(there, judged);
}

}  // namespace wedged
