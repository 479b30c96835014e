// SPDX-License-Identifier: Apache-2.0
// The daemon's parts that need no kernel: its senses, its counters, its exit codes.
#include <gtest/gtest.h>
#include <signal.h>

#include "daemon/event_loop.h"
#include "daemon/observing.h"
#include "daemon/tally.h"
#include "support/builders.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_finding;

TEST(EventLoop, the_first_scan_is_due_at_once_and_signals_are_told_apart) {
  auto loop = EventLoop::open(1h);
  ASSERT_TRUE(loop.ok());
  auto wakeup = loop->wait();
  ASSERT_TRUE(wakeup.ok());
  EXPECT_TRUE(wakeup->scan_due);
  EXPECT_FALSE(wakeup->stop || wakeup->reload);
  raise(SIGHUP);
  wakeup = loop->wait();
  EXPECT_TRUE(wakeup->reload);
  EXPECT_FALSE(wakeup->scan_due || wakeup->stop);
  raise(SIGTERM);
  EXPECT_TRUE(loop->wait()->stop);
}

TEST(EventLoop, a_wait_with_an_end_ends_without_anything_to_do) {
  auto loop = EventLoop::open(1h);
  ASSERT_TRUE(loop.ok());
  EXPECT_TRUE(loop->wait()->scan_due);
  const auto wakeup = loop->wait(-1, 1ms);  // must return
  ASSERT_TRUE(wakeup.ok());
  EXPECT_FALSE(wakeup->scan_due || wakeup->reload || wakeup->stop || wakeup->answers);
}

TEST(Tally, counts_findings_by_cause_and_certainty) {
  Tally tally;
  FindingChanges findings;
  findings.raised = {a_finding(), a_finding().cause(Cause::unkillable).certainty(Certainty::certain)};
  tally.found(findings);
  findings.raised.clear();
  findings.resolved = {a_finding()};
  tally.found(findings);
  const auto& totals = tally.totals();
  EXPECT_EQ(totals.findings.at({Cause::uninterruptible_wait, Certainty::likely}), 1U);
  EXPECT_EQ(totals.findings.at({Cause::unkillable, Certainty::certain}), 1U);
  EXPECT_EQ(totals.resolved.at(Cause::uninterruptible_wait), 1U);
}

TEST(Tally, the_first_load_is_no_reload_and_a_failed_one_keeps_its_time) {
  Tally tally;
  tally.reloaded(true, WallTime{1s});
  EXPECT_TRUE(tally.totals().config_reloads.empty());
  tally.scanned({});
  tally.reloaded(false, WallTime{2s});
  EXPECT_FALSE(tally.config_ok());
  EXPECT_EQ(tally.config_loaded(), WallTime{1s});
  EXPECT_EQ(tally.totals().config_reloads.at(false), 1U);
}

TEST(ExitCodes, follow_the_kind_of_the_error) {
  EXPECT_EQ(exit_code_of({ErrorKind::denied, ""}), ExitCode::denied);
  EXPECT_EQ(exit_code_of({ErrorKind::unsupported, ""}), ExitCode::unsupported);
  EXPECT_EQ(exit_code_of({ErrorKind::system, ""}), ExitCode::failed);
}

}  // namespace
}  // namespace wedged
