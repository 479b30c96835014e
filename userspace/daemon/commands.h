// SPDX-License-Identifier: Apache-2.0
// The commands, each in a file of its own: daemon/<command>_command.cpp.
#pragma once

#include "config/command_line.h"
#include "report/health_check.h"
#include "util/exit_code.h"

namespace wedged {

[[nodiscard]] ExitCode run_command(const Flags& flags);
[[nodiscard]] ExitCode list_command(const Flags& flags);
[[nodiscard]] ExitCode top_command(const Flags& flags);
[[nodiscard]] ExitCode why_command(const Flags& flags);
// Its exit codes are the plug-in convention's.
[[nodiscard]] CheckStatus check_command(const Flags& flags);
[[nodiscard]] ExitCode probe_command(const Flags& flags);
[[nodiscard]] ExitCode config_check_command(const Flags& flags);
[[nodiscard]] ExitCode config_show_command(const Flags& flags);
[[nodiscard]] ExitCode config_test_command(const Flags& flags);

// The settings in effect, or nothing after all problems were printed to standard error.
[[nodiscard]] std::optional<Settings> settings_or_complain(const Flags& flags);

// Prints "wedged: message" to standard error and hands the code back.
[[nodiscard]] ExitCode complain(const std::string& message, ExitCode code);

}  // namespace wedged
