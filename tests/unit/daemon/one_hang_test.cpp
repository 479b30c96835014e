// SPDX-License-Identifier: Apache-2.0
// However long a hang lasts, however many come to wait for it, and whatever is learnt of it meanwhile: one
// event at its beginning, one at its end. Thousands of scans over hangs that begin and end by chance, from
// a fixed seed.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "diagnosis/tracker.h"
#include "report/events.h"
#include "support/builders.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::a_finding;
using test::a_thread;
using test::test_now;

// One hang, by the numbers of the scans in which it is there: first <= scan < end.
struct Hang {
  Cause cause;
  int pid;
  std::uint64_t start;  // of the process: ids are reused
  int first;
  int end;
};

class Chance {
 public:
  explicit Chance(unsigned seed) : numbers_(seed) {}
  // 0 ... below - 1
  int below(int most) { return std::uniform_int_distribution<int>(0, most - 1)(numbers_); }

 private:
  std::mt19937 numbers_;
};

constexpr int scans = 400;

// Each process id is used again by another process as soon as the hang of the one before is over, and hangs
// at once, also in the very next scan.
std::vector<Hang> some_hangs(Chance& chance) {
  std::vector<Hang> hangs;
  for (int pid = 100; pid < 112; ++pid) {
    int scan = chance.below(50);
    for (std::uint64_t start = 1; scan < scans; ++start) {
      const int end = scan + 1 + chance.below(100);
      const Cause cause = all_causes.at(static_cast<std::size_t>(chance.below(all_causes.size())));
      hangs.push_back({cause, pid, start, scan, std::min(end, scans)});
      scan = end + chance.below(3);
    }
  }
  return hangs;
}

// What is known of it at that scan: everything but its key changes as it likes, victims only grow.
Finding seen(const Hang& hang, int scan, Chance& chance) {
  Finding finding = a_finding().cause(hang.cause).of(a_thread().of_process(hang.pid, hang.start));
  finding.key.cause = hang.cause;
  finding.certainty = all_certainties.at(static_cast<std::size_t>(chance.below(all_certainties.size())));
  finding.lasted = std::chrono::seconds(scan - hang.first);
  finding.summary = "seen in scan " + std::to_string(scan);
  finding.unit = chance.below(5) == 0 ? "" : "a.service";
  for (int at = chance.below(3); at > 0; --at) finding.evidence.push_back("evidence " + std::to_string(at));
  const Task other = a_thread().of_process(hang.pid, hang.start).thread(hang.pid + 1000);
  if (chance.below(2) == 0) finding.threads.push_back({other, 1s, 1s, "the same"});
  if (chance.below(2) == 0) finding.threads.front().task.user_side.emplace();
  if (chance.below(3) == 0) finding.task = other;  // somebody else of them tells most now
  for (int at = 0; at < scan - hang.first; ++at)
    finding.victims.push_back({a_thread().of_process(5000 + at), 1s, 1s, "the first"});
  return finding;
}

struct Told {
  int raised = 0;
  int resolved = 0;
  int first = -1;
  int end = -1;
  std::size_t victims_at_end = 0;

  bool operator==(const Told&) const = default;
};

using Identity = std::tuple<std::string, int, std::uint64_t, int>;

Identity identity_of(const json& event) {
  const auto& process = event["process"];
  return {event["cause"], process["pid"], process["start_boottime_ns"], event["thread"]["tid"]};
}

class Listener {
 public:
  void hear(const FindingChanges& changes, int scan, const ClockPair& now) {
    const EventStyle style{EventFormat::json};
    for (const auto& finding : changes.raised) {
      Told& told = told_[identity_of(json::parse(render_raised(finding, now, style)))];
      ++told.raised;
      told.first = scan;
    }
    for (const auto& finding : changes.resolved) {
      const json event = json::parse(render_resolved(finding, now, style));
      Told& told = told_[identity_of(event)];
      ++told.resolved;
      told.end = scan;
      told.victims_at_end = event["victims_total"];
    }
  }
  [[nodiscard]] const std::map<Identity, Told>& told() const { return told_; }

 private:
  std::map<Identity, Told> told_;
};

std::vector<Finding> seen_in(const std::vector<Hang>& hangs, int scan, Chance& chance) {
  std::vector<Finding> findings;
  for (const Hang& hang : hangs) {
    if (hang.first <= scan && scan < hang.end) findings.push_back(seen(hang, scan, chance));
  }
  std::sort(findings.begin(), findings.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return findings;
}

class OneHang : public testing::TestWithParam<unsigned> {};

TEST_P(OneHang, is_told_of_once_when_it_begins_and_once_when_it_ends) {
  Chance chance(GetParam());
  const auto hangs = some_hangs(chance);
  ASSERT_GT(hangs.size(), 40U);
  Tracker tracker;
  Listener listener;
  for (int scan = 0; scan <= scans; ++scan) {
    const ClockPair now{test_now + std::chrono::seconds(scan), WallTime{std::chrono::seconds(scan)}};
    listener.hear(tracker.update(seen_in(hangs, scan, chance), now.monotonic), scan, now);
  }
  ASSERT_EQ(listener.told().size(), hangs.size());
  for (const Hang& hang : hangs) {
    const Identity identity{std::string(name_of(hang.cause)), hang.pid, hang.start, hang.pid};
    ASSERT_TRUE(listener.told().contains(identity));
    const Told expected{1, 1, hang.first, hang.end, static_cast<std::size_t>(hang.end - 1 - hang.first)};
    EXPECT_EQ(listener.told().at(identity), expected) << hang.pid << " from scan " << hang.first;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, OneHang, testing::Values(1U, 2U, 3U));

TEST(OneHangs, certainty_that_grows_is_no_event_and_the_last_one_is_told_at_the_end) {
  Tracker tracker;
  const auto first = tracker.update({a_finding().certainty(Certainty::likely)}, test_now);
  const auto later = tracker.update({a_finding().certainty(Certainty::certain)}, test_now + 1s);
  const auto end = tracker.update({}, test_now + 2s);
  ASSERT_EQ(first.raised.size(), 1U);
  EXPECT_EQ(first.raised[0].certainty, Certainty::likely);
  EXPECT_TRUE(later.raised.empty() && later.resolved.empty());
  EXPECT_EQ(later.open[0].certainty, Certainty::certain);
  ASSERT_EQ(end.resolved.size(), 1U);
  EXPECT_EQ(end.resolved[0].certainty, Certainty::certain);
}

}  // namespace
}  // namespace wedged
