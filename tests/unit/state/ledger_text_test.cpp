// SPDX-License-Identifier: Apache-2.0
#include "state/ledger_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "state/seal.h"
#include "unit/state/ledger_states.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

// The ledger's text with a piece of its body changed, and the right checksum again.
std::string forged(const std::string& what, const std::string& by) {
  return sealed(replaced(std::string(*unsealed(to_text(a_ledger(), this_boot()))), what, by));
}

TEST(LedgerText, reads_again_as_it_was) {
  const auto read = ledger_from_text(to_text(a_ledger(), this_boot()), this_boot());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, a_ledger());
  EXPECT_EQ(*ledger_from_text(to_text({}, this_boot()), this_boot()), LedgerState{});
}

TEST(LedgerText, is_one_line_of_json_in_ascii) {
  LedgerState state = a_ledger();
  state.actions[0].unit = "a\"\\\n\xff%41\x7f";
  const std::string text = to_text(state, this_boot());
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  EXPECT_TRUE(
      std::all_of(text.begin(), text.end() - 1, [](char letter) { return letter >= 0x20 && letter < 0x7f; }));
  const auto value = nlohmann::json::parse(text);
  EXPECT_EQ(value["schema"], 1);
  EXPECT_EQ(value["boot"], this_boot_id);
  EXPECT_EQ(value["ledger"]["actions"][0]["at_ns"], 900'000'000'000);
  EXPECT_EQ(*ledger_from_text(text, this_boot()), state);
}

TEST(LedgerText, of_any_ledger_reads_again_as_it_was) {
  RandomLedgers ledgers(1);
  for (int round = 0; round < 2000; ++round) {
    const LedgerState state = ledgers.next();
    const auto read = ledger_from_text(to_text(state, this_boot()), this_boot());
    ASSERT_TRUE(read.ok()) << round << ": " << read.error().message;
    ASSERT_EQ(*read, state) << round;
  }
}

TEST(LedgerText, is_refused_however_it_is_cut_off) {
  const std::string text = to_text(a_ledger(), this_boot());
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto read = ledger_from_text(text.substr(0, length), this_boot());
    ASSERT_FALSE(read.ok()) << length;
    ASSERT_EQ(read.error().kind, ErrorKind::malformed) << length;
  }
}

TEST(LedgerText, is_refused_whichever_byte_is_another) {
  const std::string text = to_text(a_ledger(), this_boot());
  std::string other = text;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int flip = 1; flip < 256; ++flip) {
      other[at] = static_cast<char>(text[at] ^ flip);
      ASSERT_FALSE(ledger_from_text(other, this_boot()).ok()) << at << " as " << other[at];
    }
    other[at] = text[at];
  }
}

TEST(LedgerText, takes_any_bytes) {
  RandomLedgers random(2);
  const std::string text = to_text(a_ledger(), this_boot());
  const std::string body(*unsealed(text));
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = random.coin() ? text : body;
    for (int changes = random.upto(8); changes >= 0; --changes)
      bytes[static_cast<std::size_t>(random.upto(static_cast<int>(bytes.size()) - 1))] = random.name()[0];
    if (bytes.size() == body.size()) bytes = sealed(bytes);  // so that what is behind the checksum is reached
    const auto read = ledger_from_text(bytes, this_boot());
    ASSERT_TRUE(read.ok() || read.error().kind == ErrorKind::malformed) << bytes;
  }
}

TEST(LedgerText, nested_a_million_times_is_refused) {
  const std::string deep(std::size_t{1} << 20, '[');
  EXPECT_FALSE(ledger_from_text(sealed("\"ledger\":" + deep), this_boot()).ok());
  const std::string closed = deep + std::string(deep.size(), ']');
  EXPECT_FALSE(ledger_from_text(sealed("\"x\":" + closed), this_boot()).ok());
}

struct Wrong {
  const char* what;
  const char* by;
  const char* place;
};

TEST(LedgerText, that_is_wrong_says_where) {
  const std::vector<Wrong> wrongs{
      {R"("boot":"0b6a5f2e-7d9c-4e0f-9f43-2d6a1f0c8e11")", R"("boot":"")", "boot: must not be empty"},
      {R"("wall_ns":1714533165)", R"("wall_ns":-1714533165)",
       "written.wall_ns: must be a whole number from 0"},
      {R"("at_ns":900000000000)", R"("at_ns":9e11)", "ledger.actions[0].at_ns: must be a whole number"},
      {R"("at_ns":950000000000)", R"("at_ns":9223372036854775807)",
       "ledger.actions[1].at_ns: must be a whole"},
      {R"("at_ns":950000000000)", R"("at_ns":18446744073709551615)",
       "ledger.actions[1].at_ns: must be a whole"},
      {R"("at_ns":950000000000)", R"("at_ns":184467440737095516150)",
       "ledger.actions[1].at_ns: must be a whole"},
      {R"("dry":true)", R"("dry":1)", "ledger.actions[1].dry: must be true or false"},
      {R"("rule":"kill")", R"("rule":null)", "ledger.actions[1].rule: must be a string"},
      {R"("rule":"kill")", R"("rule":"%4")", "ledger.actions[1].rule: must be a string"},
      {R"("rule":"kill")", R"("rule":"%41")", "ledger.actions[1].rule: must be a string"},
      {R"("actions":[)", R"("actions":[7,)", "ledger.actions[0].rule: must be a string"},
      {R"("actions":[)", R"("actions":{},"x":[)", "ledger.actions: must be a list"},
      {R"("pid":77)", R"("pid":-1)", "ledger.intents[0].pid: must be a whole number from 0 to 4194304"},
      {R"("start_boottime_ns":123456789)", R"("start_boottime_ns":-1)",
       "ledger.intents[0].start_boottime_ns"},
      {R"("rung":"SIGTERM")", R"("rung":1)", "ledger.climbs[0].taken[1].rung: must be a string"},
      {R"("touched":true)", R"("touched":1)", "ledger.climbs[0].taken[1].touched: must be true or false"},
      {R"("taken":[{"rung":"log","touched":false,"dry":false}])", R"("taken":[])",
       "ledger.climbs[1].taken: must not be empty"},
      {R"("grace_ns":5000000000)", R"("grace_ns":-1)", "ledger.climbs[0].grace_ns"},
      {R"("pid":78,"start_boottime_ns":1)", R"("pid":77,"start_boottime_ns":123456789)",
       "ledger.climbs[1].pid"},
      {R"("suspension":{)", R"("suspension":[],"x":{)", "ledger.suspension: must be an object"},
      {R"("since_ns")", R"("since")", "ledger.suspension.since_ns"},
      {R"("written":{)", R"("written":0,"x":{)", "written: must be an object"},
      {R"("ledger":{)", R"("ledgers":{)", "ledger: must be an object"},
      {R"("ledger":{)", R"("ledger":)", "the whole: must be JSON"},
  };
  for (const auto& [what, by, place] : wrongs) {
    const auto read = ledger_from_text(forged(what, by), this_boot());
    ASSERT_FALSE(read.ok()) << by;
    EXPECT_EQ(read.error().kind, ErrorKind::malformed);
    EXPECT_THAT(read.error().message, HasSubstr(place));
  }
}

TEST(LedgerText, of_another_schema_is_refused) {
  const std::string text = replaced(to_text(a_ledger(), this_boot()), R"("schema":1)", R"("schema":2)");
  EXPECT_THAT(ledger_from_text(text, this_boot()).error().message, HasSubstr("schema: must be 1"));
}

TEST(LedgerText, that_is_too_long_is_refused) {
  const std::string text = sealed(R"("x":")" + std::string(longest_ledger, 'x') + "\"");
  EXPECT_THAT(ledger_from_text(text, this_boot()).error().message, HasSubstr("at most 4194304 bytes"));
}

TEST(LedgerText, may_have_fields_of_later_versions) {
  const auto read =
      ledger_from_text(forged(R"("rule":"kill")", R"("new":{"a":[1]},"rule":"kill")"), this_boot());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, a_ledger());
}

TEST(LedgerText, of_this_boot_does_not_care_for_the_wall_clock) {
  const std::string text = to_text(a_ledger(), this_boot());
  for (const Duration wall : {0s, 1s, 4'000'000'000s})
    EXPECT_EQ(*ledger_from_text(text, {this_boot_id, clocks(1500s, wall)}), a_ledger());
}

TEST(LedgerText, of_this_boot_has_nothing_in_the_future) {
  const auto read =
      ledger_from_text(to_text(a_ledger(), this_boot()), {this_boot_id, clocks(920s, some_day)});
  EXPECT_EQ(read->actions[0].at, at_second(900));
  EXPECT_EQ(read->actions[1].at, at_second(920));
  EXPECT_EQ(read->suspension->since, at_second(920));
}

// Another boot, `uptime` after it and `wall` after the writing.
LedgerState after_reboot(Duration uptime, Duration wall) {
  const auto read =
      ledger_from_text(to_text(a_ledger(), this_boot()), {other_boot_id, clocks(uptime, some_day + wall)});
  EXPECT_TRUE(read.ok());
  return read ? *read : LedgerState{};
}

TEST(LedgerText, of_another_boot_forgets_processes_and_keeps_what_was_done) {
  const LedgerState state = after_reboot(60s, 300s);
  EXPECT_TRUE(state.climbs.empty());
  EXPECT_TRUE(state.intents.empty());
  ASSERT_EQ(state.actions.size(), 2U);
  EXPECT_EQ(state.actions[0].rule, "fence");
  EXPECT_EQ(state.actions[0].unit, "db@1.service");
  EXPECT_TRUE(state.actions[1].dry);
  EXPECT_EQ(state.suspension->reason, "21 decisions in 1 minute");
}

struct Reboot {
  const char* what;
  Duration uptime;
  Duration wall;
  Duration age_of_first;  // 100 s when it was written
};

TEST(LedgerText, of_another_boot_is_as_old_as_can_be_known) {
  const std::vector<Reboot> reboots{
      {"five minutes by the wall clock", 60s, 300s, 400s},
      {"a day at the most", 60s, 24h + 60s, 24h + 160s},
      {"longer than a day: the clock may be wrong, only the uptime is sure", 60s, 24h + 61s, 160s},
      {"decades, a clock that was never set before", 60s, 24h * 20'000, 160s},
      {"a clock that ran backwards", 60s, -3600s, 160s},
      {"a clock of the epoch", 60s, -some_day, 160s},
      {"at once", 0s, 0s, 100s},
  };
  for (const auto& [what, uptime, wall, age] : reboots) {
    const LedgerState state = after_reboot(uptime, wall);
    EXPECT_EQ(Instant{uptime} - state.actions[0].at, age) << what;
    EXPECT_EQ(state.actions[1].at - state.actions[0].at, 50s) << what;
    EXPECT_EQ(Instant{uptime} - state.suspension->since, age - 60s) << what;
  }
}

TEST(LedgerText, of_any_other_boot_has_nothing_younger_than_it_was_nor_in_the_future) {
  RandomLedgers random(3);
  for (int round = 0; round < 2000; ++round) {
    const LedgerState state = random.next();
    const Instant now = at_second(random.upto(100'000));
    const Duration wall = std::chrono::seconds(random.upto(1 << 30) * 2);
    const auto read = ledger_from_text(to_text(state, this_boot()), {other_boot_id, {now, WallTime{wall}}});
    ASSERT_TRUE(read.ok());
    ASSERT_EQ(read->actions.size(), state.actions.size());
    for (std::size_t at = 0; at < state.actions.size(); ++at) {
      const Duration age = this_boot().now.monotonic - state.actions[at].at;
      EXPECT_GE(now - read->actions[at].at, age);
      EXPECT_LE(read->actions[at].at, now);
    }
  }
}

TEST(LedgerText, outlives_several_boots) {
  const LedgerState second = after_reboot(60s, 300s);
  const BootInfo boot{other_boot_id, clocks(70s, some_day + 310s)};
  const auto third = ledger_from_text(to_text(second, boot), {"third", clocks(30s, some_day + 400s)});
  ASSERT_TRUE(third.ok());
  EXPECT_EQ(at_second(30) - third->actions[0].at, 500s);
}

TEST(LedgerText, of_a_boot_that_is_unknown_is_of_another_one) {
  const auto read = ledger_from_text(to_text(a_ledger(), this_boot()), {"", this_boot().now});
  EXPECT_TRUE(read->climbs.empty());
}

TEST(LedgerText, says_the_same_at_another_moment) {
  const std::string first = to_text(a_ledger(), this_boot());
  const auto later = [](Duration monotonic, Duration wall) {
    return to_text(a_ledger(), {this_boot_id, clocks(1000s + monotonic, some_day + wall)});
  };
  EXPECT_TRUE(same_ledger(first, later(60s, 60s)));
  EXPECT_TRUE(same_ledger(first, later(60s, 60'900ms))) << "slewed";
  EXPECT_FALSE(same_ledger(first, later(60s, 62s))) << "the wall clock was set";
  EXPECT_FALSE(same_ledger(first, to_text({}, this_boot())));
  EXPECT_FALSE(same_ledger(first, to_text(a_ledger(), {other_boot_id, this_boot().now})));
  EXPECT_FALSE(same_ledger(first, ""));
}

}  // namespace wedged
