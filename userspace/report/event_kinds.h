// SPDX-License-Identifier: Apache-2.0
// The one table of events: name and journal message id. packaging/wedged-event.schema.json, the message
// catalog and docs/events.md have the same rows (tests/events). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace wedged {

enum class EventKind : std::size_t {
  finding_raised,
  finding_resolved,
  decision,
  outcome,
  enforcement_suspended,
  enforcement_resumed,
  kernel_oops,
  started,
  stopping,
  reloaded,
  reload_failed,
  restart_needed,
  ledger_not_kept,
  warning,
  count,
};

inline constexpr std::size_t event_kinds = static_cast<std::size_t>(EventKind::count);

struct EventRow {
  EventKind kind;
  std::string_view name;        // "event" in JSON
  std::string_view message_id;  // of systemd's journal, for ever the same: systemd.journal-fields(7)
};

// In the order of the enumeration.
[[nodiscard]] const std::array<EventRow, event_kinds>& event_table();

[[nodiscard]] std::string_view name_of(EventKind kind);

}  // namespace wedged
