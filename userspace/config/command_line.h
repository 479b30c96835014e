// SPDX-License-Identifier: Apache-2.0
// The command line as a value. command_line.cpp, check_options.cpp and usage_text.cpp alone include CLI11.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/check_flags.h"
#include "config/settings.h"
#include "diagnosis/cause.h"
#include "util/exit_code.h"

namespace wedged {

enum class Command { run, list, top, why, check, probe, config_check, config_show, config_test };

// Only what was given on the command line; it goes in front of the file.
struct Flags {
  std::optional<std::string> config_file;
  std::vector<int> pids;
  std::optional<std::string> cgroup;
  std::optional<ObserveMode> observe;
  std::optional<Duration> interval;
  std::optional<ListenAddress> listen_address;
  std::optional<std::string> telemetry_path;
  std::optional<std::string> web_config_file;  // empty: none, whatever the configuration says
  bool no_web = false;
  bool json = false;
  std::optional<Duration> at_least;  // `list`: how long stuck
  std::optional<Duration> watch;     // `list`: again and again, so far apart
  bool local = false;                // `list`: look, whether a daemon runs or not
  bool batch = false;                // `top`: no screen
  std::optional<int> iterations;     // of that

  // `why`. One of target, replay_file and explain is always given.
  std::optional<std::string> target;  // process id (all digits) or name
  std::optional<std::string> record_file;
  std::optional<std::string> replay_file;
  std::vector<Cause> explain;
  bool all_stacks = false;

  // `config test`, together with replay_file.
  std::optional<Duration> as_if_for;  // how long the last scan is taken to go on

  CheckFlags check;
};

struct CommandLine {
  Command command = Command::run;
  Flags flags;
};

// Nothing to run: print `text` (to stdout if the code is success or a plug-in's reader waits there, else to
// stderr) and exit.
struct EarlyExit {
  ExitCode code = ExitCode::success;
  std::string text;
  bool for_reader = true;  // to stdout
};

[[nodiscard]] std::variant<CommandLine, EarlyExit> parse_command_line(int argc, const char* const* argv);

}  // namespace wedged
