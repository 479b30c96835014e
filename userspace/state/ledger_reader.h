// SPDX-License-Identifier: Apache-2.0
// The reading side: a whole text as values, each within its bounds. Only ledger_text.cpp calls it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "policy/ledger_state.h"
#include "util/clock.h"
#include "util/result.h"

namespace wedged {

struct WrittenLedger {
  std::string boot_id;
  ClockPair written;
  LedgerState state;  // Instants of that boot
};

// Fields of other names are passed over. Kind `malformed`: the message names the place.
[[nodiscard]] Result<WrittenLedger> read_ledger(std::string_view text);

}  // namespace wedged
