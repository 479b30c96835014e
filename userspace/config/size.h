// SPDX-License-Identifier: Apache-2.0
// Sizes as people write them: a whole number and one unit, "512KiB", "256MiB", "1GiB".
#pragma once

#include <cstdint>
#include <string>

#include "util/result.h"

namespace wedged {

struct SizeRange {
  std::uint64_t least = 0;  // bytes, as all of these
  std::uint64_t greatest = 0;
};

// Kind `malformed`; the message is a predicate: "must be a whole number and a unit, ...".
[[nodiscard]] Result<std::uint64_t> parse_size(const std::string& text, const SizeRange& range);

// The greatest unit that needs no fraction. Parts of a KiB are cut off: no text has them.
[[nodiscard]] std::string size_as_written(std::uint64_t bytes);

}  // namespace wedged
