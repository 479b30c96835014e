// SPDX-License-Identifier: Apache-2.0
// Parses the command line and hands over to the command.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "action/aide.h"
#include "config/command_line.h"
#include "daemon/commands.h"
#include "inspector/child.h"

namespace {

wedged::ExitCode dispatch(const wedged::CommandLine& line) {
  switch (line.command) {
    // The convention's numbers are the process's, whatever they mean in other commands.
    case wedged::Command::check: return static_cast<wedged::ExitCode>(wedged::check_command(line.flags));
    case wedged::Command::run: return wedged::run_command(line.flags);
    case wedged::Command::list: return wedged::list_command(line.flags);
    case wedged::Command::top: return wedged::top_command(line.flags);
    case wedged::Command::why: return wedged::why_command(line.flags);
    case wedged::Command::probe: return wedged::probe_command(line.flags);
    case wedged::Command::config_check: return wedged::config_check_command(line.flags);
    case wedged::Command::config_show: return wedged::config_show_command(line.flags);
    case wedged::Command::config_test: return wedged::config_test_command(line.flags);
  }
  return wedged::ExitCode::usage;
}

bool reader_is_gone() {
  pollfd out{STDOUT_FILENO, 0, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

// What was asked for and could not be written (a full disk) is no success; who reads no further knows it.
int once_written(wedged::ExitCode code) {
  if (std::cout.flush().good() || code != wedged::ExitCode::success) return static_cast<int>(code);
  if (!reader_is_gone()) std::cerr << "wedged: standard output cannot be written\n";
  return static_cast<int>(wedged::ExitCode::failed);
}

// Of the first three descriptors those that were closed before the start: else the next file or timer becomes
// standard output, and is written to. Opened so that their use fails, as it would closed.
void occupy_what_is_closed() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0)
      static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

// Not a command for people: how the inspector starts its child, before anything else of wedged runs.
bool is_inspector(int argc, char** argv) {
  return argc == 2 && std::string_view(argv[1]) == "inspector" && wedged::started_as_inspector();
}

int start(int argc, char** argv) {
  if (is_inspector(argc, argv)) return wedged::run_inspector_child();
  const std::vector<std::string> arguments(argv, argv + argc);
  if (wedged::is_aide(arguments)) return wedged::run_aide(arguments);
  const auto parsed = wedged::parse_command_line(argc, argv);
  if (const auto* line = std::get_if<wedged::CommandLine>(&parsed)) {
    const auto code = dispatch(*line);
    return line->command == wedged::Command::check ? static_cast<int>(code) : once_written(code);
  }
  const auto& early = std::get<wedged::EarlyExit>(parsed);
  (early.for_reader ? std::cout : std::cerr) << early.text << std::flush;
  return once_written(early.code);
}

}  // namespace

int main(int argc, char** argv) {
  occupy_what_is_closed();
  try {
    return start(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "wedged: " << error.what() << '\n';
    return static_cast<int>(wedged::ExitCode::failed);
  }
}
