// SPDX-License-Identifier: Apache-2.0
// Waits that were not looked at closely yet: of more suspects than a scan has time for, the details of some
// are read by the next ones. What such a thread waits for will be known soon; until then nothing is said of
// it, but not for ever.
#pragma once

#include "observation/history.h"

namespace wedged {

// How much later than others a wait is told of which no details come.
inline constexpr Duration patience_with_unread = std::chrono::seconds(10);

[[nodiscard]] inline bool is_yet_to_be_read(const Change& change, Duration threshold) {
  return in_d_state(change.task.state) && !change.task.details &&
         change.waiting <= threshold + patience_with_unread;
}

}  // namespace wedged
