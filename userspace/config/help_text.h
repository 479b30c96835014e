// SPDX-License-Identifier: Apache-2.0
// What `wedged --help` says above and below the list of commands. The exit codes are those of
// util/exit_code.h.
#pragma once

namespace wedged {

inline constexpr const char* help_description =
    "Finds threads that are stuck, says why and who is to blame, exports it\n"
    "as metrics and, where a policy says so, ends what cannot be saved.";

inline constexpr const char* help_footer =
    "Examples:\n"
    "  wedged list                            what is stuck on this host now\n"
    "  wedged top                             the same as a live screen, with system calls\n"
    "  wedged why postgres                    what one process waits for, and what to do\n"
    "  wedged why --explain dead_owner        what a cause means\n"
    "  wedged run                             watch the host; metrics on 127.0.0.1:9974\n"
    "  wedged run --pid 4242 --json           watch one process; events as JSON lines\n"
    "  wedged check --unit postgresql         health check: one line, exit code 0 to 3\n"
    "  wedged config check --config new.yaml  tell everything that is wrong with a file\n"
    "\n"
    "Exit codes:\n"
    "  0  success\n"
    "  1  failed while running\n"
    "  2  usage: unknown command, flag or value\n"
    "  3  the configuration is invalid or cannot be read\n"
    "  4  not root, or a capability is missing\n"
    "  5  the kernel lacks something required; `wedged probe` says what\n"
    "  6  the listen address cannot be used\n"
    "`wedged check` has those of monitoring plug-ins: 0 ok, 1 warning, 2 critical,\n"
    "3 unknown, bad usage included.\n"
    "\n"
    "`wedged COMMAND --help` tells the flags of a command.";

}  // namespace wedged
