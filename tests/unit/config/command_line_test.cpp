// SPDX-License-Identifier: Apache-2.0
#include "config/command_line.h"

#include <gtest/gtest.h>

#include "config/duration.h"
#include "unit/config/command_lines.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::command_line;
using test::early_exit;
using test::Refused;

TEST(CommandLine, each_command_is_known) {
  EXPECT_EQ(command_line({"run"}).command, Command::run);
  EXPECT_EQ(command_line({"list"}).command, Command::list);
  EXPECT_EQ(command_line({"top"}).command, Command::top);
  EXPECT_EQ(command_line({"why", "1"}).command, Command::why);
  EXPECT_EQ(command_line({"probe"}).command, Command::probe);
  EXPECT_EQ(command_line({"check"}).command, Command::check);
  EXPECT_EQ(command_line({"config", "check"}).command, Command::config_check);
  EXPECT_EQ(command_line({"config", "show"}).command, Command::config_show);
  EXPECT_EQ(command_line({"config", "test", "--replay", "f"}).command, Command::config_test);
}

TEST(CommandLine, every_flag_of_run_is_read) {
  const Flags flags =
      command_line({"run", "--config", "a.yaml", "--pid", "1", "--pid=4194304", "--cgroup", "x.slice",
                    "--observe", "scan", "--interval", "500ms", "--web.listen-address", "[::1]:80",
                    "--web.telemetry-path", "/m", "--web.config.file", "w.yaml", "--json"})
          .flags;
  EXPECT_EQ(flags.config_file, "a.yaml");
  EXPECT_EQ(flags.pids, (std::vector<int>{1, 4194304}));
  EXPECT_EQ(flags.cgroup, "x.slice");
  EXPECT_EQ(flags.observe, ObserveMode::scan);
  EXPECT_EQ(flags.interval, 500ms);
  EXPECT_EQ(flags.listen_address, (ListenAddress{"::1", 80}));
  EXPECT_EQ(flags.telemetry_path, "/m");
  EXPECT_EQ(flags.web_config_file, "w.yaml");
  EXPECT_TRUE(flags.json);
  EXPECT_FALSE(flags.no_web);
}

TEST(CommandLine, what_is_not_given_stays_unset) {
  const Flags flags = command_line({"run"}).flags;
  EXPECT_FALSE(flags.config_file || flags.cgroup || flags.observe || flags.interval || flags.listen_address);
  EXPECT_FALSE(flags.no_web || flags.json || flags.at_least);
  EXPECT_TRUE(flags.pids.empty());
}

TEST(CommandLine, the_flags_of_the_other_commands_are_read) {
  EXPECT_EQ(command_line({"list", "--at-least", "2m"}).flags.at_least, 2min);
  EXPECT_TRUE(command_line({"probe", "--json"}).flags.json);
  EXPECT_TRUE(command_line({"run", "--no-web"}).flags.no_web);
  EXPECT_EQ(command_line({"config", "check", "a.yaml"}).flags.config_file, "a.yaml");
  EXPECT_EQ(command_line({"config", "show", "--config", "a.yaml", "--interval", "2s"}).flags.interval, 2s);
}

TEST(CommandLine, every_flag_of_why_is_read) {
  const Flags flags =
      command_line({"why", "--config", "a.yaml", "--all-stacks", "--record", "r", "postgres", "--json"})
          .flags;
  EXPECT_EQ(flags.target, "postgres");
  EXPECT_EQ(flags.config_file, "a.yaml");
  EXPECT_EQ(flags.record_file, "r");
  EXPECT_TRUE(flags.all_stacks && flags.json);
  EXPECT_FALSE(flags.replay_file);
  EXPECT_TRUE(flags.explain.empty());
}

TEST(CommandLine, a_recording_may_say_itself_which_process_is_meant) {
  EXPECT_EQ(command_line({"why", "--replay", "r"}).flags.replay_file, "r");
  EXPECT_FALSE(command_line({"why", "--replay", "r"}).flags.target);
  EXPECT_EQ(command_line({"why", "7", "--replay", "r"}).flags.target, "7");
}

TEST(CommandLine, explain_takes_one_cause_or_all_and_no_process) {
  EXPECT_EQ(command_line({"why", "--explain", "dead_owner"}).flags.explain,
            std::vector<Cause>{Cause::dead_owner});
  EXPECT_EQ(command_line({"why", "--explain", "all"}).flags.explain.size(), all_causes.size());
}

TEST(CommandLine, help_and_version_are_no_errors) {
  const EarlyExit help = early_exit({"--help"});
  EXPECT_EQ(help.code, ExitCode::success);
  for (const char* word : {"run", "list", "why", "probe", "config", "Exit codes:", "Examples:"}) {
    EXPECT_NE(help.text.find(word), std::string::npos) << word;
  }
  EXPECT_EQ(early_exit({"run", "--help"}).code, ExitCode::success);
  EXPECT_EQ(early_exit({"config", "show", "--help"}).code, ExitCode::success);
  const EarlyExit version = early_exit({"--version"});
  EXPECT_EQ(version.code, ExitCode::success);
  EXPECT_EQ(version.text, std::string{"wedged "} + WEDGED_VERSION + "\n");
}

TEST(CommandLine, what_is_wrong_is_a_usage_error_that_names_it) {
  const Refused cases[] = {
      {{}, "a command is missing: run, list, top, why, check, probe or config"},
      {{"rum"}, "unknown command 'rum'; did you mean 'run'?"},
      {{"config"}, "a command is missing: check, show or test"},
      {{"config", "chekc"}, "did you mean 'check'?"},
      {{"run", "--no-such-flag=1"}, "unknown flag '--no-such-flag' of `wedged run`\n"},
      {{"run", "--intervall", "1s"},
       "unknown flag '--intervall' of `wedged run`; did you mean '--interval'?"},
      {{"run", "extra"}, "'extra' is a word too many for `wedged run`"},
      {{"run", "--pid", "1", "2"}, "'2' is a word too many for `wedged run`"},
      {{"--json", "run"}, "'--json' must stand behind `wedged run`"},
      {{"probe", "--all-stacks"},
       "unknown flag '--all-stacks' of `wedged probe`; it belongs to `wedged why`"},
      {{"config", "check", "--for", "1s"}, "of `wedged config check`; it belongs to `wedged config test`"},
      {{"run", "list"}, "'list' is a word too many for `wedged run`"},
      {{"run", "--interval"}, "--interval: must have DURATION behind it"},
      {{"run", "--interval", "5parsecs"}, "--interval: must be a whole number and a unit"},
      {{"run", "--interval", "99ms"}, "--interval: must be from 100ms to 1h"},
      {{"run", "--interval", "1s", "--interval", "2s"}, "--interval: must be given once only"},
      {{"run", "--pid", "0"}, "--pid: must be a process id from 1 to 4194304, not '0'"},
      {{"run", "--pid=-4"}, "--pid"},
      {{"run", "--pid", "4194305"}, "--pid"},
      {{"run", "--pid", "1x"}, "--pid"},
      {{"run", "--cgroup", ""}, "--cgroup"},
      {{"run", "--observe", "all"}, "--observe: must be calls or scan, not 'all'"},
      {{"run", "--web.listen-address", "nowhere"}, "--web.listen-address: must be an IP address and a port"},
      {{"run", "--web.telemetry-path", "metrics"}, "--web.telemetry-path: must be a path such as /metrics"},
      {{"run", "--no-web", "--web.config.file", "w.yaml"}, "--web.config.file"},
      {{"run", "--no-web", "--web.listen-address", "127.0.0.1:1"}, "--web.listen-address"},
      {{"list", "--at-least", "-1s"}, "--at-least"},
      {{"why"}, "say which process: a PID or a NAME"},
      {{"why", ""}, "must be a process id or the name of a process"},
      {{"why", "0"}, "must be a process id from 1 to 4194304, not '0'"},
      {{"why", "99999999999999999999"}, "must be a process id from 1 to 4194304"},
      {{"why", "7", "8"}, "8"},
      {{"why", "7", "--record", ""}, "--record: must name a file"},
      {{"why", "7", "--record", "a", "--replay", "b"}, "--re"},
      {{"why", "--explain", "ded_owner"}, "--explain: unknown cause 'ded_owner'; did you mean 'dead_owner'?"},
      {{"why", "--explain", "x"}, "it may be all, uninterruptible_wait"},
      {{"why", "7", "--explain", "all"}, "--explain"},
      {{"why", "--replay", "r", "--explain", "all"}, "--explain"},
      {{"config", "test"}, "--replay"},
      {{"config", "test", "--replay", "f", "--for", "25h"}, "--for: must be from"},
  };
  for (const Refused& one : cases) {
    const EarlyExit exit = early_exit(one.words);
    EXPECT_EQ(exit.code, ExitCode::usage);
    EXPECT_NE(exit.text.find(one.part), std::string::npos) << exit.text;
    EXPECT_NE(exit.text.find("--help"), std::string::npos) << exit.text;
  }
}

TEST(CommandLine, every_flag_of_check_is_read) {
  const Flags flags = command_line({"check",
                                    "--unit",
                                    "db",
                                    "--unit=web@*",
                                    "--pid",
                                    "7",
                                    "--cgroup",
                                    "x.slice",
                                    "--container",
                                    "docker:0123456789ab",
                                    "--pod",
                                    "2c48_9",
                                    "--warning-certainty",
                                    "likely",
                                    "--critical-certainty",
                                    "certain",
                                    "--lasting",
                                    "30s",
                                    "--timeout",
                                    "2s",
                                    "--no-local",
                                    "--url",
                                    "http://n:1",
                                    "--web.listen-address",
                                    ":80",
                                    "--config",
                                    "f",
                                    "--json"})
                          .flags;
  const CheckFlags& check = flags.check;
  EXPECT_EQ(check.units, (std::vector<std::string>{"db", "web@*"}));
  EXPECT_EQ(check.pids, std::vector<int>{7});
  EXPECT_EQ(check.cgroups, std::vector<std::string>{"x.slice"});
  EXPECT_EQ(check.containers, (std::vector<ContainerPattern>{{"docker", "0123456789ab"}}));
  EXPECT_EQ(check.pods, std::vector<std::string>{"2c48-9"});
  EXPECT_EQ(check.warning, Certainty::likely);
  EXPECT_EQ(check.critical, Certainty::certain);
  EXPECT_EQ(check.lasting, 30s);
  EXPECT_EQ(check.timeout, 2s);
  EXPECT_EQ(check.url, "http://n:1");
  EXPECT_TRUE(check.no_local && !check.local && flags.json);
  EXPECT_EQ(flags.listen_address, (ListenAddress{"0.0.0.0", 80}));
  EXPECT_TRUE(flags.pids.empty());  // what is asked about is no scope: its root may be elsewhere
}

TEST(CommandLine, every_flag_about_access_of_check_is_read) {
  const auto access = command_line({"check", "--user", "alice", "--password-file", "p", "--ca-file", "ca",
                                    "--server-name", "db1", "--cert-file", "c", "--key-file", "k"})
                          .flags.check.access;
  EXPECT_EQ(access, (CheckAccess{"alice", "p", "ca", "db1", "c", "k", false}));
  EXPECT_TRUE(access.wants_tls());
  EXPECT_TRUE(command_line({"check", "--insecure"}).flags.check.access.insecure);
  EXPECT_FALSE(command_line({"check", "--user", "a", "--password-file", "p"}).flags.check.access.wants_tls());
}

TEST(CommandLine, bad_usage_of_check_is_unknown_and_told_on_standard_output) {
  const Refused cases[] = {
      {{"check", "--pid", "0"}, "--pid: must be"},
      {{"check", "extra"}, "'extra' is a word too many for `wedged check`"},
      {{"check", "--pid"}, "--pid: must have PID behind it"},
      {{"check", "--container", "docker:12"}, "--container: must be a container's id"},
      {{"check", "--warning-certainty", "maybe"}, "must be possible, likely or certain, not 'maybe'"},
      {{"check", "--timeout", "0s"}, "--timeout: must be from"},
      {{"check", "--local", "--url", "http://n:1"}, "--local"},
      {{"check", "--user", "alice"}, "--user requires --password-file"},
      {{"check", "--password-file", "p"}, "--password-file requires --user"},
      {{"check", "--user", "al:ice", "--password-file", "p"}, "--user: must be a name without a colon"},
      {{"check", "--password-file", "", "--user", "a"}, "--password-file: must name a file"},
      {{"check", "--cert-file", "c"}, "--cert-file requires --key-file"},
      {{"check", "--key-file", "k"}, "--key-file requires --cert-file"},
      {{"check", "--insecure", "--ca-file", "f"}, "--ca-file excludes --insecure"},
      {{"check", "--insecure", "--user", "a", "--password-file", "p"}, "--password-file excludes --insecure"},
      {{"check", "--password", "secret"}, "unknown flag '--password' of `wedged check`"},
  };
  for (const Refused& one : cases) {
    const EarlyExit exit = early_exit(one.words);
    EXPECT_EQ(static_cast<int>(exit.code), 3);
    EXPECT_TRUE(exit.for_reader);
    EXPECT_EQ(exit.text.find("WEDGED UNKNOWN - usage: "), 0U) << exit.text;
    EXPECT_NE(exit.text.find(one.part), std::string::npos) << exit.text;
  }
}

}  // namespace
}  // namespace wedged
