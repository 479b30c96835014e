// SPDX-License-Identifier: Apache-2.0
// The ledger as text and back: one line of JSON, ASCII only, that carries its own checksum. Pure; takes any
// bytes. Knows no file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "policy/ledger_state.h"
#include "util/clock.h"
#include "util/result.h"

namespace wedged {

// Which boot of the host it is, and what time. CLOCK_MONOTONIC begins anew with each boot.
struct BootInfo {
  std::string boot_id;  // as /proc/sys/kernel/random/boot_id tells it; empty: unknown, which is no boot's
  ClockPair now;
};

inline constexpr int ledger_schema = 1;
// A longer text is refused. It bounds the entries too: the shortest takes 43 bytes.
inline constexpr std::size_t longest_ledger = std::size_t{4} << 20;

[[nodiscard]] std::string to_text(const LedgerState& state, const BootInfo& boot);

// What was written in this boot is as it was; Instants later than now become now. Of another boot only
// actions and the suspension are kept, with their ages: the processes are gone. Kind `malformed`: the message
// names the place.
[[nodiscard]] Result<LedgerState> ledger_from_text(std::string_view text, const BootInfo& boot);

// Whether both say the same at whatever moment they were written. Both as to_text() makes them.
[[nodiscard]] bool same_ledger(std::string_view one, std::string_view other);

}  // namespace wedged
