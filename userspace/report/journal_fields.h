// SPDX-License-Identifier: Apache-2.0
// Events as entries of systemd's journal: fields, and their bytes in its native protocol
// (https://systemd.io/JOURNAL_NATIVE_PROTOCOL). Renders values, sends nothing. docs/events.md lists the
// fields.
//
// OBJECT_PID is left out on purpose: for each entry that has it journald reads /proc/PID/cmdline of that
// process, which blocks while somebody holds its mmap_lock. Telling of a hung process must not hang journald.
// OBJECT_SYSTEMD_UNIT is what `journalctl --unit` looks for, and costs no look.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/events.h"

namespace wedged {

// In order; names are upper case, values any bytes.
using JournalFields = std::vector<std::pair<std::string_view, std::string>>;

// What tells entries apart: MESSAGE_ID, PRIORITY, and WEDGED_... as far as they are known.
[[nodiscard]] JournalFields fields_of_raised(const Finding& finding);
[[nodiscard]] JournalFields fields_of_resolved(const Finding& finding);
[[nodiscard]] JournalFields fields_of_decision(const Decision& decision);
[[nodiscard]] JournalFields fields_of_outcome(const Outcome& outcome);
[[nodiscard]] JournalFields fields_of_oops(const OopsReport& report);
// Of every other event: about the monitor itself.
[[nodiscard]] JournalFields fields_of_notice(EventKind kind);

// One entry: `fields` with MESSAGE, WEDGED_EVENT (the event as JSON) and SYSLOG_IDENTIFIER. Line breaks at
// the ends of `message` and `event` are dropped.
[[nodiscard]] std::string journal_entry(const JournalFields& fields, std::string_view message,
                                        std::string_view event);

}  // namespace wedged
