// SPDX-License-Identifier: Apache-2.0
// One record of /dev/kmsg taken apart: Documentation/ABI/testing/dev-kmsg. Pure; knows nothing of what is
// said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "util/clock.h"

namespace wedged {

struct KmsgRecord {
  unsigned level = 0;          // 0 emergency to 7 debug
  bool from_kernel = false;    // facility 0, which nobody in user space can write with
  std::uint64_t sequence = 0;  // of records, without a gap unless some were overwritten
  Duration stamp{};            // by printk's clock
  bool fragment = false;       // goes on with a line that began in a record before
  std::string caller;  // "T123": thread, "C1": CPU in an interrupt; empty without CONFIG_PRINTK_CALLER
  std::string text;    // as it was printed: no escapes. May have newlines in it: they are somebody's

  bool operator==(const KmsgRecord&) const = default;
};

// Nothing if these bytes are no record.
[[nodiscard]] std::optional<KmsgRecord> kmsg_record_of(std::string_view bytes);

}  // namespace wedged
