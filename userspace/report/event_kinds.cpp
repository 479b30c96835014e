// SPDX-License-Identifier: Apache-2.0
#include "report/event_kinds.h"

namespace wedged {
namespace {

constexpr std::array<EventRow, event_kinds> table{{
    {EventKind::finding_raised, "finding_raised", "f082178ab6254cc9b59f98825de27872"},
    {EventKind::finding_resolved, "finding_resolved", "493d819b2331416fbd916298171cab30"},
    {EventKind::decision, "decision", "8890e9016c7c49e7957ef12de4332379"},
    {EventKind::outcome, "outcome", "513b82ec550945ab875ef68b4fda349c"},
    {EventKind::enforcement_suspended, "enforcement_suspended", "736024727770456b9d056297a3f79c8c"},
    {EventKind::enforcement_resumed, "enforcement_resumed", "dc9ca17b488e447b870b5ec36e3e93be"},
    {EventKind::kernel_oops, "kernel_oops", "09aa09f5efa44108ad3ce69ddc263bb1"},
    {EventKind::started, "started", "2597e77d7c984a1a95c830a5d8c7303f"},
    {EventKind::stopping, "stopping", "9508f84e802b48fba05695f5ff357ac6"},
    {EventKind::reloaded, "reloaded", "ea8a34beb9be4023a451f2cc89794abb"},
    {EventKind::reload_failed, "reload_failed", "3ad0cc7d5dcb41918697a310324f1ad1"},
    {EventKind::restart_needed, "restart_needed", "e2351a23bd1b40589c42978112dec048"},
    {EventKind::ledger_not_kept, "ledger_not_kept", "4a3ebb3da9a94b86821ab8512c7cf49e"},
    {EventKind::warning, "warning", "7654744dc2ed44b788a71192a649a809"},
}};

constexpr bool in_order() {
  for (std::size_t at = 0; at < event_kinds; ++at) {
    if (static_cast<std::size_t>(table[at].kind) != at || table[at].message_id.size() != 32) return false;
  }
  return true;
}
static_assert(in_order(), "the table lists the events in the order of the enumeration");

}  // namespace

const std::array<EventRow, event_kinds>& event_table() {
  return table;
}

std::string_view name_of(EventKind kind) {
  return table[static_cast<std::size_t>(kind)].name;
}

}  // namespace wedged
