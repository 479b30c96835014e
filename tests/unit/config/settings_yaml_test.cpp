// SPDX-License-Identifier: Apache-2.0
// to_yaml and parse_config belong together: what one writes, the other reads and finds equal.
#include <gtest/gtest.h>

#include <csignal>

#include "problems_of.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::settings_of;

std::vector<Rung> every_kind_of_rung() {
  Rung hook{ActionKind::hook, 0, 7s};
  hook.hook = {{"/sbin/fence", "a \"b\" \\", "", "\u00fc: #{}", "new\nline"}, 90s, std::uint64_t{300} << 20};
  Rung core{ActionKind::dump, 0, 2s};
  core.dump = DumpKind::core;
  return {{ActionKind::signal, SIGABRT, 1ms},
          {ActionKind::signal, SIGTERM, 1s, Reach::unit},
          {ActionKind::signal, SIGKILL, 0s},
          {ActionKind::signal, SIGKILL, 0s, Reach::process_group},
          {ActionKind::signal, SIGKILL, 3s, Reach::cgroup},
          {ActionKind::restart_unit, 0, 1min},
          hook,
          core,
          {ActionKind::log, 0, 1h},
          {ActionKind::reboot, 0, 2min}};
}

// No field has its default.
Rule rich_rule() {
  Rule rule;
  rule.name = "0";
  rule.file = "f";
  rule.enforce = false;
  rule.match = {{Cause::unkillable},      Certainty::possible, 90s,
                {"a b", "\"q\"", "\\\\"}, {"/opt/#x: y/*"},    {"\u00fcn?t"}};
  rule.match.role = Role::victim;
  rule.match.cgroup = {"/a: b", "*#"};
  rule.match.container = {"podman:'0*"};
  rule.match.pod = {"{0*}"};
  rule.match.users = {{"postgres", 26}, {"o'brien \"x\"", 1007}, {"77", 77}};
  rule.match.syscalls = {"fsync", "openat"};
  rule.match.device = {"dm-?", "da: ta"};
  rule.match.mount = {"server:/export", "/srv/x y"};
  rule.ladder = every_kind_of_rung();
  rule.limits = {1, 36h, 90min};
  return rule;
}

Policy rich_policy() {
  Rule logging;
  logging.name = "true";
  logging.file = "f";
  logging.ladder = {{ActionKind::log, 0, 0s}, {ActionKind::dump, 0, 0s}};
  Policy policy;
  policy.enforce = true;
  policy.order = RuleOrder::all;
  policy.allow_reboot = true;
  policy.protect = {"true", "*/x", "[[:alpha:]'\"]"};
  policy.limits = {1000, 168h, 0s};
  policy.unit_limits = {9, 1s, 3min};
  policy.brake = {10000, 3s};
  policy.dumps = {"/srv/dumps: \"x\"", std::uint64_t{5} << 20};
  policy.ledger_file = "/run/#ledger";
  policy.rules = {rich_rule(), logging};
  return policy;
}

Settings rich_settings() {
  Settings settings;
  settings.scan_interval = 1500ms;
  settings.observe = ObserveMode::scan;
  settings.thresholds.lock_wait = 7s;
  settings.thresholds.kernel_loop = 1s;
  settings.thresholds.starved = 2s;
  settings.thresholds.event_loop_spin = 2500ms;
  settings.thresholds.lost_leader = 3s;
  settings.thresholds.stopped = 4s;
  settings.thresholds.slow_syscall_default = std::nullopt;
  settings.thresholds.slow_syscall_limits = {{"fsync", 2min}, {"openat", std::nullopt}};
  settings.web = ListenAddress{"::1", 1234};
  settings.telemetry_path = "/m";
  settings.web_config_file = "/etc/we b.yaml";
  settings.policy = rich_policy();
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
