// SPDX-License-Identifier: Apache-2.0
// The enforcer with a real ledger file and an executor that only notes what it is told.
#include "daemon/enforcer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "support/builders.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_finding;
using test::a_thread;

struct Told {
  std::vector<std::string> rungs;
  std::vector<Outcome> ended;
  std::optional<Error> unable;
  std::string ledger_at_the_act;  // what the file said at that moment
};

class NotingExecutor final : public Executor {
 public:
  NotingExecutor(Told& told, std::string ledger) : told_(told), ledger_(std::move(ledger)) {}

  [[nodiscard]] Status self_test(const Policy&) const override {
    if (told_.unable) return *told_.unable;
    return Nothing{};
  }
  [[nodiscard]] Outcome execute(const Decision& decision, const Policy&, Instant now) override {
    told_.rungs.push_back(decision.rung.name());
    std::ifstream file(ledger_);
    told_.ledger_at_the_act.assign(std::istreambuf_iterator<char>(file), {});
    const bool hook = decision.rung.action == ActionKind::hook;
    return {decision, hook ? OutcomeKind::started : OutcomeKind::done, "", now};
  }
  [[nodiscard]] std::vector<Outcome> finished(Instant) override { return std::exchange(told_.ended, {}); }
  [[nodiscard]] Room room() const override { return {}; }
  [[nodiscard]] std::vector<Outcome> abandon(Instant now) override {
    for (Outcome& outcome : told_.ended) outcome.at = now;
    return std::exchange(told_.ended, {});
  }

 private:
  Told& told_;
  std::string ledger_;
};

class EnforcerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = std::filesystem::temp_directory_path() / "wedged-enforcer-XXXXXX";
    folder_ = ::mkdtemp(folder.data());
    policy_.enforce = true;
    policy_.ledger_file = folder_ / "ledger.json";
    Rule rule;
    rule.name = "r";
    Rung term;
    term.action = ActionKind::signal;
    term.signal_number = SIGTERM;
    term.grace = 5s;
    Rung kill = term;
    kill.signal_number = SIGKILL;
    rule.ladder = {term, kill};
    policy_.rules = {rule};
  }
  void TearDown() override {
    ::chmod(folder_.c_str(), S_IRWXU);
    std::filesystem::remove_all(folder_);
  }

  Enforcer enforcer() {
    return {std::make_unique<NotingExecutor>(told_, policy_.ledger_file), LedgerKeeper{"this-boot"},
            Surroundings{900, {800}, true, {}}};
  }
  // Of a monitor that was started anew.
  Enforcer prepared() {
    Enforcer one = enforcer();
    EXPECT_TRUE(one.prepare(policy_, now_));
    return one;
  }
  Acts scan(Enforcer& enforcer, Duration later = 0s) {
    now_.monotonic += later;
    now_.wall += later;
    return enforcer.act(policy_, {a_finding().of(a_thread().of_process(10).in_d_state())}, now_,
                        [&](const Decision& decision) {
                          EXPECT_TRUE(told_.rungs.empty()) << "told before it is done";
                          last_words_.push_back(decision.rung.name());
                        });
  }
  void damage_ledger() const { std::ofstream(policy_.ledger_file) << "{\"schema\":1,"; }

  std::filesystem::path folder_;
  Policy policy_;
  std::vector<std::string> last_words_;
  Told told_;
  ClockPair now_{test::test_now, WallTime{1'000'000s}};
};

using Rungs = std::vector<std::string>;

TEST_F(EnforcerTest, what_is_about_to_be_done_is_written_down_before) {
  Enforcer enforcer = prepared();
  scan(enforcer);
  EXPECT_EQ(told_.rungs, Rungs{"SIGTERM"});
  EXPECT_NE(told_.ledger_at_the_act.find(R"("rule":"r")"), std::string::npos) << told_.ledger_at_the_act;
}

TEST_F(EnforcerTest, a_ladder_goes_on_where_a_monitor_that_was_killed_left_it) {
  {
    Enforcer first = prepared();
    scan(first);
  }
  Enforcer second = prepared();
  scan(second, 1s);
  EXPECT_EQ(told_.rungs, Rungs{"SIGTERM"}) << "the grace runs on";
  scan(second, 4s);
  EXPECT_EQ(told_.rungs, (Rungs{"SIGTERM", "SIGKILL"}));
}

TEST_F(EnforcerTest, limits_are_not_forgotten_over_a_restart) {
  policy_.rules[0].limits = {1, 10min, 0s};
  {
    Enforcer first = prepared();
    scan(first);
  }
  Enforcer second = prepared();
  const Acts acts = scan(second, 5s);
  ASSERT_EQ(acts.decisions.size(), 1U);
  EXPECT_EQ(acts.decisions[0].refusal, Refusal::rule_limit);
}

TEST_F(EnforcerTest, a_damaged_ledger_suspends_until_the_configuration_is_loaded_again) {
  damage_ledger();
  Enforcer enforcer = prepared();
  ASSERT_TRUE(enforcer.suspension());
  EXPECT_NE(enforcer.suspension()->reason.find(".corrupt"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(policy_.ledger_file + ".corrupt"));
  EXPECT_EQ(scan(enforcer).decisions.at(0).refusal, Refusal::brake);
  EXPECT_TRUE(enforcer.resume(now_)) << "it was suspended";
  scan(enforcer, 1s);
  EXPECT_EQ(told_.rungs, Rungs{"SIGTERM"});
}

TEST_F(EnforcerTest, without_a_ledger_nothing_is_done_and_it_is_told_once) {
  Enforcer enforcer = prepared();
  std::filesystem::remove_all(folder_);
  std::ofstream{folder_} << "a file where the folder was";
  const Acts first = scan(enforcer);
  EXPECT_TRUE(first.not_kept);
  ASSERT_EQ(first.decisions.size(), 1U);
  EXPECT_EQ(first.decisions[0].refusal, Refusal::no_ledger);
  EXPECT_FALSE(scan(enforcer, 1s).not_kept);
  EXPECT_EQ(told_.rungs, Rungs{});
  EXPECT_GE(enforcer.write_errors(), 2U);
  std::filesystem::remove(folder_);
  scan(enforcer, 1s);  // finds that it can be written again
  scan(enforcer, 1s);
  EXPECT_EQ(told_.rungs, Rungs{"SIGTERM"});
}

TEST_F(EnforcerTest, a_dry_run_needs_no_ledger) {
  policy_.enforce = false;
  Enforcer enforcer = prepared();
  EXPECT_FALSE(std::filesystem::exists(policy_.ledger_file));
  EXPECT_EQ(scan(enforcer).outcomes.size(), 1U);
}

TEST_F(EnforcerTest, what_cannot_be_carried_out_is_not_begun) {
  told_.unable = Error{ErrorKind::denied, "CAP_KILL is missing"};
  Enforcer one = enforcer();
  EXPECT_FALSE(one.prepare(policy_, now_));
}

TEST_F(EnforcerTest, the_end_of_what_goes_on_beside_is_an_outcome_and_lets_the_ladder_go_on) {
  policy_.rules[0].ladder[0].action = ActionKind::hook;
  Enforcer enforcer = prepared();
  Acts acts = scan(enforcer);
  ASSERT_EQ(acts.outcomes.size(), 1U);
  EXPECT_EQ(acts.outcomes[0].kind, OutcomeKind::started);
  scan(enforcer, 1h);
  EXPECT_EQ(told_.rungs, Rungs{"hook"}) << "it has not ended";
  Outcome end = acts.outcomes[0];
  end.kind = OutcomeKind::done;
  end.at = now_.monotonic;
  told_.ended = {end};
  EXPECT_EQ(scan(enforcer, 1s).ended.at(0).kind, OutcomeKind::done);
  scan(enforcer, 5s);
  EXPECT_EQ(told_.rungs, (Rungs{"hook", "SIGKILL"}));
}

TEST_F(EnforcerTest, it_tells_whether_it_took_up_a_ledger) {
  policy_.enforce = false;
  Enforcer one = enforcer();
  EXPECT_FALSE(*one.prepare(policy_, now_));
  policy_.enforce = true;
  EXPECT_TRUE(*one.prepare(policy_, now_));
  EXPECT_FALSE(*one.prepare(policy_, now_)) << "it has it";
}

TEST_F(EnforcerTest, what_ends_with_the_monitor_goes_on_after_its_start_where_it_was) {
  policy_.rules[0].ladder[0].action = ActionKind::hook;
  {
    Enforcer first = prepared();
    told_.ended = {scan(first).outcomes.at(0)};
    told_.ended[0].kind = OutcomeKind::failed;
    now_.monotonic += 10min;
    EXPECT_EQ(first.stop(now_).size(), 1U);
  }
  Enforcer second = prepared();
  scan(second, 4s);
  EXPECT_EQ(told_.rungs, Rungs{"hook"}) << "its grace begins when it ends";
  scan(second, 1s);
  EXPECT_EQ(told_.rungs, (Rungs{"hook", "SIGKILL"}));
}

TEST_F(EnforcerTest, a_reboot_is_told_before_nobody_is_left_to_tell) {
  policy_.allow_reboot = true;
  policy_.rules[0].ladder[0].action = ActionKind::reboot;
  Enforcer enforcer = prepared();
  scan(enforcer);
  EXPECT_EQ(last_words_, Rungs{"reboot"});
  EXPECT_EQ(told_.rungs, Rungs{"reboot"});
}

TEST_F(EnforcerTest, a_refusal_is_told_once) {
  policy_.rules[0].limits = {1, 10min, 0s};
  Enforcer enforcer = prepared();
  scan(enforcer);
  EXPECT_EQ(scan(enforcer, 5s).decisions.size(), 1U);
  EXPECT_EQ(scan(enforcer, 1s).decisions.size(), 0U);
}

}  // namespace
}  // namespace wedged
