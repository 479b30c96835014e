// SPDX-License-Identifier: Apache-2.0
// How often and how many times: --watch of `list`, --batch, --iterations and --interval of `top`.
#include <gtest/gtest.h>

#include "unit/config/command_lines.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::command_line;
using test::early_exit;
using test::Refused;
using test::Words;

TEST(LookingFlags, watch_takes_a_duration_within_its_bounds_or_none) {
  const struct {
    Words words;
    std::optional<Duration> watch;
  } cases[] = {
      {{"list"}, std::nullopt},
      {{"list", "--watch"}, 2s},
      {{"list", "--watch="}, 2s},
      {{"list", "--watch", "100ms"}, 100ms},
      {{"list", "--watch", "1h"}, 1h},
      {{"list", "--watch=500ms"}, 500ms},
      {{"list", "--watch", "--json"}, 2s},
      {{"list", "--watch", "--at-least", "1s"}, 2s},
      {{"list", "--at-least", "1s", "--watch", "5s"}, 5s},
  };
  for (const auto& one : cases) {
    const auto line = command_line(one.words);
    EXPECT_EQ(line.flags.watch, one.watch) << testing::PrintToString(one.words);
    EXPECT_EQ(line.command, Command::list);
  }
}

TEST(LookingFlags, top_is_live_unless_it_is_told_otherwise) {
  const struct {
    Words words;
    bool batch;
    bool json;
    std::optional<int> iterations;
  } cases[] = {
      {{"top"}, false, false, std::nullopt},
      {{"top", "-b"}, true, false, std::nullopt},
      {{"top", "--batch"}, true, false, std::nullopt},
      {{"top", "-b", "-n", "1"}, true, false, 1},
      {{"top", "-n", "3", "-b"}, true, false, 3},
      {{"top", "-n3", "-b"}, true, false, 3},
      {{"top", "-bn", "2"}, true, false, 2},
      {{"top", "--batch", "--iterations=1000000000"}, true, false, 1000000000},
      {{"top", "--json", "-n", "5"}, false, true, 5},
      {{"top", "--json", "-b", "-n", "5"}, true, true, 5},
  };
  for (const auto& one : cases) {
    const auto line = command_line(one.words);
    EXPECT_EQ(line.flags.batch, one.batch) << testing::PrintToString(one.words);
    EXPECT_EQ(line.flags.json, one.json) << testing::PrintToString(one.words);
    EXPECT_EQ(line.flags.iterations, one.iterations) << testing::PrintToString(one.words);
    EXPECT_EQ(line.command, Command::top);
  }
}

TEST(LookingFlags, top_takes_scope_and_interval_as_the_daemon_does) {
  const auto flags = command_line({"top", "--pid", "7", "--cgroup", "x.slice", "--observe", "scan",
                                   "--interval", "100ms", "--config", "f"})
                         .flags;
  EXPECT_EQ(flags.pids, std::vector<int>{7});
  EXPECT_EQ(flags.cgroup, "x.slice");
  EXPECT_EQ(flags.observe, ObserveMode::scan);
  EXPECT_EQ(flags.interval, 100ms);
  EXPECT_EQ(flags.config_file, "f");
}

TEST(LookingFlags, what_is_wrong_is_told_with_what_would_be_right) {
  const char* const unit = ": must be a whole number and a unit (ms, s, m, h) such as 500ms or 10s, not ";
  const std::string watch_unit = std::string("--watch") + unit;
  const std::string interval_unit = std::string("--interval") + unit;
  const Refused cases[] = {
      {{"list", "--watch", "99ms"}, "--watch: must be from 100ms to 1h, not '99ms'"},
      {{"list", "--watch", "61m"}, "--watch: must be from 100ms to 1h, not '61m'"},
      {{"list", "--watch", "0s"}, "--watch: must be from 100ms to 1h, not '0s'"},
      {{"list", "--watch", "99999999999999999999s"}, "--watch: must be from 100ms to 1h"},
      {{"list", "--watch", "2"}, watch_unit.c_str()},
      {{"list", "--watch", "1.5s"}, watch_unit.c_str()},
      {{"list", "--watch", "2sec"}, watch_unit.c_str()},
      {{"list", "--watch", "2S"}, watch_unit.c_str()},
      {{"list", "--watch", "-1s"}, watch_unit.c_str()},
      {{"list", "--watch", "postgres"}, "not 'postgres'"},
      {{"list", "--watch", "1s", "2s"}, "'2s' is a word too many for `wedged list`"},
      {{"list", "--watch", "1s", "--watch", "2s"}, "--watch: must be given once only"},
      {{"list", "-b"}, "unknown flag '-b' of `wedged list`; it belongs to `wedged top`"},
      {{"list", "-n", "3"}, "unknown flag '-n' of `wedged list`; it belongs to `wedged top`"},
      {{"list", "--interval", "1s"},
       "unknown flag '--interval' of `wedged list`; it belongs to `wedged run`"},
      {{"top", "--watch"}, "unknown flag '--watch' of `wedged top`; it belongs to `wedged list`"},
      {{"top", "--interval", "99ms"}, "--interval: must be from 100ms to 1h, not '99ms'"},
      {{"top", "--interval", "2"}, interval_unit.c_str()},
      {{"top", "-b", "-n"}, "--iterations: must have N behind it"},
      {{"top", "-b", "-n", "0"}, "--iterations: must be a whole number from 1 to 1000000000, not '0'"},
      {{"top", "-b", "-n", "-1"}, "--iterations: must be a whole number from 1 to 1000000000, not '-1'"},
      {{"top", "-b", "-n", "1000000001"}, "--iterations: must be a whole number from 1 to 1000000000"},
      {{"top", "-b", "-n", "99999999999999999999"}, "--iterations: must be a whole number from 1"},
      {{"top", "-b", "-n", "1.5"}, "not '1.5'"},
      {{"top", "-b", "-n", "3s"}, "not '3s'"},
      {{"top", "-b", "-n", ""}, "not ''"},
      {{"top", "-b", "-n", "1", "-n", "2"}, "--iterations: must be given once only"},
      {{"top", "-n", "3"}, "--iterations: must come with --batch or --json: the screen goes on until"},
      {{"top", "-b3"}, "unknown flag '-3' of `wedged top`"},
      {{"top", "postgres"}, "'postgres' is a word too many for `wedged top`"},
  };
  for (const Refused& one : cases) {
    const EarlyExit exit = early_exit(one.words);
    EXPECT_EQ(exit.code, ExitCode::usage);
    EXPECT_FALSE(exit.for_reader);
    EXPECT_NE(exit.text.find(one.part), std::string::npos) << one.part << "\nis not in\n" << exit.text;
  }
}

}  // namespace
}  // namespace wedged
