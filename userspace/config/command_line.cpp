// SPDX-License-Identifier: Apache-2.0
// CLI11 and its exceptions end here.
#include "config/command_line.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <sstream>

#include "config/check_options.h"
#include "config/duration.h"
#include "config/help_text.h"
#include "config/listen_address.h"
#include "config/problems.h"
#include "config/settings_reader.h"
#include "config/telemetry_path.h"
#include "config/usage_text.h"
#include "config/why_arguments.h"

namespace wedged {
namespace {

constexpr auto status_unknown = static_cast<ExitCode>(3);  // of the plug-in convention
constexpr DurationRange at_least_range{Duration{}, std::chrono::hours(7 * 24)};
constexpr int most_iterations = 1'000'000'000;
constexpr DurationRange as_if_range{Duration{}, std::chrono::hours(24)};

using Text = const std::string&;

template <typename T>
T value_of(const Result<T>& result, const std::string& flag) {
  if (!result) throw CLI::ValidationError(flag, result.error().message);
  return *result;
}

constexpr const char* about_config = "Configuration; else /etc/wedged/wedged.yaml if it exists";

void add_config(CLI::App& command, Flags& flags) {
  command.add_option("--config", flags.config_file, about_config)->type_name("FILE");
}

// Also without the flag, where nothing else could be meant.
void add_config_or_file(CLI::App& command, Flags& flags) {
  command.add_option("--config,file", flags.config_file, about_config)->type_name("FILE");
}

void add_scope(CLI::App& command, Flags& flags) {
  const auto not_empty = [](const std::string& text) {
    return std::string{text.empty() ? "must not be empty" : ""};
  };
  command.add_option("--pid", flags.pids, "Only this process; may be given several times")
      ->type_name("PID")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(fault_of_pid);
  command
      .add_option("--cgroup", flags.cgroup, "Only processes in this cgroup and below, such as system.slice")
      ->type_name("PATH")
      ->check(not_empty);
}

void add_json(CLI::App& command, Flags& flags) {
  command.add_flag("--json", flags.json, "JSON instead of text");
}

void add_observing(CLI::App& command, Flags& flags) {
  const auto observe = [&flags](Text text) {
    flags.observe = observe_mode_named(text);
    if (!flags.observe) throw CLI::ValidationError("--observe", "must be calls or scan, not " + quote(text));
  };
  const auto interval = [&flags](Text text) {
    flags.interval = value_of(parse_duration(text, scan_interval_range), "--interval");
  };
  command
      .add_option_function<std::string>(
          "--observe", observe, "calls: also every system call, with histograms; scan: stuck threads only")
      ->type_name("calls|scan");
  command
      .add_option_function<std::string>("--interval", interval,
                                        "Time between scans: 500ms, 1s, 2m; 100ms to 1h")
      ->type_name("DURATION");
}

CLI::Option* add_listen_address(CLI::App& command, Flags& flags, const std::string& what) {
  const auto address = [&flags](Text text) {
    flags.listen_address = value_of(parse_listen_address(text), "--web.listen-address");
  };
  return command.add_option_function<std::string>("--web.listen-address", address, what)
      ->type_name("HOST:PORT");
}

void add_web(CLI::App& command, Flags& flags) {
  auto* listen = add_listen_address(command, flags,
                                    "Where to serve metrics, health and findings, 127.0.0.1:9974 by default");
  auto* path = command
                   .add_option("--web.telemetry-path", flags.telemetry_path,
                               "Path of the metrics, /metrics by default")
                   ->type_name("PATH")
                   ->check(fault_of_telemetry_path);
  auto* file = command
                   .add_option("--web.config.file", flags.web_config_file,
                               "TLS and passwords, as Prometheus's exporters have it")
                   ->type_name("FILE");
  command.add_flag("--no-web", flags.no_web, "Serve nothing")
      ->excludes(listen)
      ->excludes(path)
      ->excludes(file);
}

void add_at_least(CLI::App& command, Flags& flags) {
  const auto at_least = [&flags](Text text) {
    flags.at_least = value_of(parse_duration(text, at_least_range), "--at-least");
  };
  command
      .add_option_function<std::string>("--at-least", at_least,
                                        "Only what is stuck for so long: 500ms, 10s, 2m, 1h")
      ->type_name("DURATION");
}

void add_watch(CLI::App& command, Flags& flags) {
  const auto watch = [&flags](const std::vector<std::string>& given) {
    const std::string text = given.empty() || given.front().empty() ? "2s" : given.front();
    flags.watch = value_of(parse_duration(text, scan_interval_range), "--watch");
    return true;
  };
  command.add_option("--watch", watch, "Again and again, every 2s or so often, until Ctrl-C")
      ->type_name("[DURATION]")
      ->expected(0, 1);
}

int iterations_in(Text text) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && rest == end && number >= 1 && number <= most_iterations) return number;
  throw CLI::ValidationError("--iterations", "must be a whole number from 1 to " +
                                                 std::to_string(most_iterations) + ", not " + quote(text));
}

void add_top(CLI::App& command, CommandLine& chosen) {
  Flags& flags = chosen.flags;
  command.add_flag("-b,--batch", flags.batch, "Print all views as text, no screen");
  const auto iterations = [&flags](Text text) { flags.iterations = iterations_in(text); };
  command
      .add_option_function<std::string>("-n,--iterations", iterations,
                                        "With --batch or --json: so many times, then end")
      ->type_name("N");
  add_config(command, flags);
  add_scope(command, flags);
  add_observing(command, flags);
  command.add_flag("--json", flags.json, "One JSON document a line, no screen");
  command.parse_complete_callback([&chosen] {
    const Flags& given = chosen.flags;
    if (given.iterations && !given.batch && !given.json) {
      throw CLI::ValidationError(
          "--iterations", "must come with --batch or --json: the screen goes on until it is told to end");
    }
    chosen.command = Command::top;
  });
}

std::string fault_of_file(const std::string& path) {
  return path.empty() ? "must name a file" : "";
}

void add_why_sources(CLI::App& command, Flags& flags) {
  auto* target = command.add_option("target", flags.target, "Process id, or the name of a process")
                     ->type_name("PID|NAME")
                     ->check(fault_of_target);
  auto* record = command.add_option("--record", flags.record_file, "Also write what was seen to this file")
                     ->type_name("FILE")
                     ->check(fault_of_file);
  auto* replay = command.add_option("--replay", flags.replay_file, "Judge a recording, not this host")
                     ->type_name("FILE")
                     ->check(fault_of_file)
                     ->excludes(record);
  const auto explain = [&flags](Text text) {
    flags.explain = value_of(causes_to_explain(text), "--explain");
  };
  command
      .add_option_function<std::string>("--explain", explain,
                                        "What a cause means and what to do about it; needs no process")
      ->type_name("CAUSE|all")
      ->excludes(target)
      ->excludes(record)
      ->excludes(replay);
}

void add_why(CLI::App& command, CommandLine& chosen) {
  Flags& flags = chosen.flags;
  add_why_sources(command, flags);
  command.add_flag("--all-stacks", flags.all_stacks, "The stacks of all threads, not of the stuck ones only");
  add_config(command, flags);
  add_json(command, flags);
  command.parse_complete_callback([&chosen] {
    const Flags& given = chosen.flags;
    if (!given.target && !given.replay_file && given.explain.empty()) {
      throw CLI::ValidationError("why", "say which process: a PID or a NAME, or --replay or --explain");
    }
    chosen.command = Command::why;
  });
}

// A command that sets `chosen` when the command line names it.
CLI::App& add_command(CLI::App& parent, CommandLine& chosen, Command command, const std::string& name,
                      const std::string& what) {
  CLI::App* app = parent.add_subcommand(name, what);
  app->parse_complete_callback([&chosen, command] { chosen.command = command; });
  return *app;
}

void add_check(CLI::App& app, CommandLine& chosen) {
  Flags& flags = chosen.flags;
  CLI::App& check = add_command(app, chosen, Command::check, "check",
                                "Health check: one line, and the exit code of a monitoring plug-in");
  add_check_options(check, flags.check);
  add_listen_address(check, flags, "The daemon's address, if it is not the configuration's");
  add_config(check, flags);
  add_json(check, flags);
}

void add_config_test(CLI::App& config, CommandLine& chosen) {
  Flags& flags = chosen.flags;
  CLI::App& test = *config.add_subcommand("test", "What the policy would have done to a recording");
  test.parse_complete_callback([&chosen] {
    if (!chosen.flags.replay_file) throw CLI::ValidationError("test", "say which recording: --replay FILE");
    chosen.command = Command::config_test;
  });
  test.add_option("--replay", flags.replay_file, "The recording")->type_name("FILE")->check(fault_of_file);
  const auto as_if_for = [&flags](Text text) {
    flags.as_if_for = value_of(parse_duration(text, as_if_range), "--for");
  };
  test.add_option_function<std::string>(
          "--for", as_if_for, "Go on as if it stayed stuck so long; else as long as the longest ladder takes")
      ->type_name("DURATION");
  add_config(test, flags);
  add_json(test, flags);
}

void add_config_commands(CLI::App& app, CommandLine& chosen) {
  CLI::App* config =
      app.add_subcommand("config", "Check a configuration, show what is in effect, or try its policy");
  config->require_subcommand(1);
  CLI::App& check = add_command(*config, chosen, Command::config_check, "check",
                                "Tell everything that is wrong with it, with line and column");
  add_config_or_file(check, chosen.flags);
  CLI::App& show = add_command(*config, chosen, Command::config_show, "show",
                               "The settings in effect, defaults included, as a configuration");
  add_config_or_file(show, chosen.flags);
  add_observing(show, chosen.flags);
  add_web(show, chosen.flags);
  add_config_test(*config, chosen);
}

void add_commands(CLI::App& app, CommandLine& chosen) {
  Flags& flags = chosen.flags;
  CLI::App& run = add_command(app, chosen, Command::run, "run",
                              "Watch: find, tell, export, and act where a policy says so");
  add_config(run, flags);
  add_scope(run, flags);
  add_observing(run, flags);
  add_web(run, flags);
  add_json(run, flags);
  CLI::App& list =
      add_command(app, chosen, Command::list, "list", "What is stuck on this host now, one line each");
  add_config(list, flags);
  add_scope(list, flags);
  add_at_least(list, flags);
  add_watch(list, flags);
  list.add_flag("--local", flags.local, "Look itself, whether a daemon runs or not");
  add_json(list, flags);
  add_top(*app.add_subcommand("top", "A live screen: what is stuck, calls in flight, rates"), chosen);
  add_why(*app.add_subcommand("why", "What one process waits for, who is to blame, and what to do"), chosen);
  add_check(app, chosen);
  CLI::App& probe = add_command(app, chosen, Command::probe, "probe",
                                "What this kernel offers, and what is missing and why");
  add_json(probe, flags);
  add_config_commands(app, chosen);
}

EarlyExit early_exit_of(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out;
  std::ostringstream err;
  if (app.exit(error, out, err) == 0) return {ExitCode::success, out.str()};
  const std::string message = usage_text(app, error);
  // Who runs a plug-in reads its first line, and takes 2 for CRITICAL.
  if (app.got_subcommand("check")) return {status_unknown, "WEDGED UNKNOWN - usage: " + message + "\n"};
  return {ExitCode::usage, "wedged: " + message + "\nRun `wedged --help` or `wedged COMMAND --help`.\n",
          false};
}

}  // namespace

std::variant<CommandLine, EarlyExit> parse_command_line(int argc, const char* const* argv) {
  CommandLine chosen;
  CLI::App app{help_description, "wedged"};
  app.set_version_flag("--version", std::string{"wedged "} + WEDGED_VERSION, "Print the version and exit");
  app.require_subcommand(1);
  add_commands(app, chosen);
  app.footer(help_footer);  // last: the commands do not inherit it then
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return early_exit_of(app, error);
  }
  return chosen;
}

}  // namespace wedged
