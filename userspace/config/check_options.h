// SPDX-License-Identifier: Apache-2.0
// The options of `wedged check`, declared to CLI11. Part of command_line.cpp: nobody else includes it.
#pragma once

#include "config/check_flags.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace wedged {

// Declares all but --config, --json and --web.listen-address. `flags` must outlive the parsing.
void add_check_options(CLI::App& command, CheckFlags& flags);

}  // namespace wedged
