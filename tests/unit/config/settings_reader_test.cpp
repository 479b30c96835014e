// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "problems_of.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::Bad;
using test::problems_of;
using test::settings_of;

TEST(SettingsReader, an_empty_file_leaves_the_defaults) {
  for (const char* text : {"", "# nothing\n", "---\n", "{}", "scan:\nweb:\npolicy:\n  rules:\n"}) {
    EXPECT_EQ(settings_of(text), Settings{}) << text;
  }
}

TEST(SettingsReader, every_setting_is_read) {
  const Settings settings = settings_of(
      "scan: { interval: 500ms, observe: scan }\n"
      "thresholds: { uninterruptible_wait: 2s, unkillable: 3m, lock_wait: 4s, kernel_loop: 5s, starved: 6s,\n"
      "  lost_leader: 7s, stopped: 8m, event_loop_spin: 9s }\n"
      "slow_syscall: { default: none, limits: { fsync: 2h, openat: none } }\n"
      "web: { listen_address: '[::1]:80', telemetry_path: /m, config_file: /etc/web.yaml }\n");
  EXPECT_EQ(settings.scan_interval, 500ms);
  EXPECT_EQ(settings.observe, ObserveMode::scan);
  EXPECT_EQ(settings.thresholds.uninterruptible_wait, 2s);
  EXPECT_EQ(settings.thresholds.unkillable, 3min);
  EXPECT_EQ(settings.thresholds.lock_wait, 4s);
  EXPECT_EQ(settings.thresholds.kernel_loop, 5s);
  EXPECT_EQ(settings.thresholds.starved, 6s);
  EXPECT_EQ(settings.thresholds.event_loop_spin, 9s);
  EXPECT_EQ(settings.thresholds.lost_leader, 7s);
  EXPECT_EQ(settings.thresholds.stopped, 8min);
  EXPECT_EQ(settings.thresholds.slow_syscall_default, std::nullopt);
  const std::map<std::string, std::optional<Duration>> limits{{"fsync", 2h}, {"openat", std::nullopt}};
  EXPECT_EQ(settings.thresholds.slow_syscall_limits, limits);
  EXPECT_EQ(settings.web, (ListenAddress{"::1", 80}));
  EXPECT_EQ(settings.telemetry_path, "/m");
  EXPECT_EQ(settings.web_config_file, "/etc/web.yaml");
}

TEST(SettingsReader, the_web_server_can_be_switched_off) {
  EXPECT_EQ(settings_of("web: { listen_address: none }").web, std::nullopt);
}

class BadSetting : public testing::TestWithParam<Bad> {};
TEST_P(BadSetting, is_refused_where_it_stands) {
  test::expect_one_problem(GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    SettingsReader, BadSetting,
    testing::Values(
        Bad{"root_is_a_word", "scan", "1:1", "the file must be a map with scan, thresholds,"},
        Bad{"root_is_a_list", "- scan\n", "1:1", "not a list"},
        Bad{"telemetry_path_is_relative", "web: { telemetry_path: metrics }\n", "1:24",
            "must be a path such as /metrics"},
        Bad{"telemetry_path_is_the_root", "web: { telemetry_path: / }\n", "1:24",
            "must be a path such as /metrics"},
        Bad{"telemetry_path_is_html", "web: { telemetry_path: '/<b>' }\n", "1:24", "of letters, digits"},
        Bad{"telemetry_path_is_taken", "web: { telemetry_path: /healthz }\n", "1:24", "is something else's"},
        Bad{"telemetry_path_is_of_the_page", "web: { telemetry_path: /page.js }\n", "1:24",
            "is something else's"},
        Bad{"web_config_file_is_relative", "web: { config_file: web.yaml }\n", "1:21",
            "must be an absolute path"},
        Bad{"section_is_a_word", "scan: 5s\n", "1:7",
            "scan must be a map with interval or observe, not a single value"},
        Bad{"unknown_section", "scans:\n  interval: 1s\n", "1:1",
            "unknown key 'scans' in the file; did you mean 'scan'?"},
        Bad{"unknown_key", "scan:\n  intervall: 1s\n", "2:3",
            "unknown key 'intervall' in scan; did you mean 'interval'?"},
        Bad{"unknown_key_like_none", "scan:\n  frequency: 1s\n", "2:3", "it may have interval or observe"},
        Bad{"key_in_upper_case", "Scan: {}\n", "1:1", "did you mean 'scan'?"},
        Bad{"merge_key", "scan: {<<: 5}\n", "1:8", "unknown key '<<'"},
        Bad{"value_missing", "scan:\n  interval:\n  observe: scan\n", "2:3", "scan.interval has no value"},
        Bad{"value_is_a_list", "scan:\n  interval: [1s]\n", "2:13",
            "scan.interval must be a single value, not a list"},
        Bad{"duration_without_unit", "scan:\n  interval: 5\n", "2:13",
            "a whole number and a unit (ms, s, m, h)"},
        Bad{"duration_with_fraction", "scan:\n  interval: 1.5s\n", "2:13", "not '1.5s'"},
        Bad{"duration_negative", "thresholds:\n  unkillable: -1s\n", "2:15", "not '-1s'"},
        Bad{"interval_too_small", "scan:\n  interval: 99ms\n", "2:13",
            "must be from 100ms to 1h, not '99ms'"},
        Bad{"interval_too_great", "scan:\n  interval: 61m\n", "2:13", "must be from 100ms to 1h, not '61m'"},
        Bad{"interval_beyond_numbers", "scan:\n  interval: 99999999999999999999h\n", "2:13",
            "must be from 100ms to 1h"},
        Bad{"threshold_of_zero", "thresholds:\n  unkillable: 0s\n", "2:15", "must be from 100ms to 24h"},
        Bad{"unknown_mode", "scan:\n  observe: all\n", "2:12", "must be calls or scan, not 'all'"},
        Bad{"unknown_call", "slow_syscall:\n  limits:\n    fsinc: 1s\n", "3:5",
            "there is no system call 'fsinc' here; did you mean 'fsync'?"},
        Bad{"call_without_name", "slow_syscall:\n  limits:\n    '': 1s\n", "3:5",
            "there is no system call ''"},
        Bad{"limits_of_calls_are_a_list", "slow_syscall:\n  limits: [fsync]\n", "2:11",
            "must be a map with names"},
        Bad{"limit_of_a_call", "slow_syscall:\n  limits: { fsync: never }\n", "2:20",
            "slow_syscall.limits.fsync must be"},
        Bad{"address_without_port", "web:\n  listen_address: 127.0.0.1\n", "2:19",
            "must be an IP address and a port"},
        Bad{"address_is_a_name", "web:\n  listen_address: db.example.com:80\n", "2:19",
            "must be an IP address and a port"},
        Bad{"port_zero", "web:\n  listen_address: 127.0.0.1:0\n", "2:19",
            "must end in a port from 1 to 65535"},
        Bad{"port_too_great", "web:\n  listen_address: 127.0.0.1:65536\n", "2:19",
            "must end in a port from 1 to 65535"}),
    test::name_of_bad);

TEST(SettingsReader, all_that_is_wrong_is_told_at_once_in_the_order_of_the_file) {
  const auto problems = problems_of(
      "web: { listen_address: nowhere }\n"
      "scan:\n"
      "  observe: all\n"
      "  interval: soon\n"
      "  interval: 1s\n"
      "policy:\n"
      "  rules:\n"
      "    - name: x\n"
      "      match: { cause: hunger }\n"
      "      ladder: [{ signal: MAIM }]\n");
  std::vector<std::string> places;
  for (const std::string& problem : problems) places.push_back(problem.substr(0, problem.find(' ')));
  EXPECT_EQ(places, (std::vector<std::string>{"1:24:", "3:12:", "4:13:", "5:3:", "9:23:", "10:26:"}));
}

TEST(SettingsReader, a_message_shows_odd_words_in_a_harmless_form) {
  const auto problems = problems_of("scan: { observe: \"\\x1b[2J" + std::string(500, 'a') + "\" }");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].find("'\\x1b[2Jaaa"), std::string::npos) << problems[0];
  EXPECT_LT(problems[0].size(), 150U);
}

}  // namespace
}  // namespace wedged
