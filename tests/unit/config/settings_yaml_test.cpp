// SPDX-License-Identifier: Apache-2.0
// to_yaml and parse_config belong together: what one writes, the other reads and finds equal.
#include <gtest/gtest.h>

#include <csignal>

#include "problems_of.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::settings_of;

Settings rich_settings() {
  Settings settings;
  settings.scan_interval = 1500ms;
  settings.observe = ObserveMode::scan;
  settings.thresholds.lock_wait = 7s;
  settings.thresholds.slow_syscall_default = std::nullopt;
  settings.thresholds.slow_syscall_limits = {{"fsync", 2min}, {"openat", std::nullopt}};
  settings.web = ListenAddress{"::1", 1234};
  Rule killing;
  killing.name = "0";
  killing.match = {{Cause::unkillable},      Certainty::possible, 90s,
                   {"a b", "\"q\"", "\\\\"}, {"/opt/#x: y/*"},    {"\u00fcn?t"}};
  killing.ladder = {
      {ActionKind::signal, SIGABRT, 1ms}, {ActionKind::signal, SIGKILL, 0s}, {ActionKind::log, 0, 1h}};
  killing.limits = {1, 36h, 90min};
  Rule logging;
  logging.name = "true";
  logging.ladder = {{ActionKind::log, 0, 0s}};
  settings.policy = {true, {"true", "*/x", "[[:alpha:]'\"]"}, {1000, 168h, 0s}, {killing, logging}};
  return settings;
}

TEST(SettingsYaml, what_is_written_is_read_again_and_equal) {
  Settings no_web;
  no_web.web = std::nullopt;
  for (const Settings& settings : {Settings{}, no_web, rich_settings()}) {
    const std::string text = to_yaml(settings);
    EXPECT_EQ(settings_of(text), settings) << text;
  }
}

TEST(SettingsYaml, each_signal_of_a_ladder_is_written_and_read) {
  for (const char* name :
       {"TERM", "KILL", "ABRT", "QUIT", "INT", "HUP", "SEGV", "BUS", "TRAP", "USR1", "USR2"}) {
    const Settings settings = settings_of(
        "policy: { rules: [ { name: x, match: {}, ladder: [ { signal: " + std::string{name} + " } ] } ] }");
    EXPECT_NE(to_yaml(settings).find("signal: " + std::string{name} + "\n"), std::string::npos);
    EXPECT_EQ(settings_of(to_yaml(settings)), settings);
  }
}

TEST(SettingsYaml, the_built_in_protect_list_is_shown) {
  const std::string text = to_yaml(Settings{});
  for (const std::string& name : built_in_protect_list())
    EXPECT_NE(text.find(" " + name), std::string::npos) << name;
}

TEST(SettingsYaml, writing_twice_gives_the_same_text) {
  const std::string text = to_yaml(rich_settings());
  EXPECT_EQ(to_yaml(settings_of(text)), text);
}

}  // namespace
}  // namespace wedged
