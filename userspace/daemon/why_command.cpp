// SPDX-License-Identifier: Apache-2.0
// `wedged why`: one process explained, without a daemon.
#include <unistd.h>

#include <iostream>

#include "daemon/commands.h"
#include "daemon/event_log.h"
#include "report/explain.h"

namespace wedged {

ExitCode why_command(const Flags& flags) {
  const EventStyle style{flags.json ? EventFormat::json : EventFormat::text,
                         !flags.json && takes_colour(STDOUT_FILENO)};
  if (!flags.explain.empty()) {
    std::cout << render_causes(flags.explain, style, terminal_width(STDOUT_FILENO)) << std::flush;
    return ExitCode::success;
  }
  return complain("looking at a process is not built in yet; --explain is", ExitCode::unsupported);
}

}  // namespace wedged
