// SPDX-License-Identifier: Apache-2.0
// A verdict as one line of the plug-in convention, or as JSON. Renders values, decides nothing. Pure.
#pragma once

#include <string>

#include "report/health_check.h"

namespace wedged {

enum class CheckSource { daemon, own_look };

struct CheckOrigin {
  CheckSource source = CheckSource::daemon;
  std::string why_own{};  // "no daemon", or what kept from asking it; empty: so it was wanted
};

[[nodiscard]] std::string_view name_of(CheckStatus status);  // "OK", "WARNING", "CRITICAL", "UNKNOWN"

// "WEDGED CRITICAL - postgres[812] self_deadlock for 37 s (certain), 1 more | findings=2;;;0 ..." with its
// newline. There is no other newline and no other '|' in it, whatever processes call themselves.
[[nodiscard]] std::string check_line(const CheckVerdict& verdict, const CheckSelection& selection,
                                     const CheckOrigin& origin);
// One line too.
[[nodiscard]] std::string check_json(const CheckVerdict& verdict, const CheckSelection& selection,
                                     const CheckOrigin& origin);

}  // namespace wedged
