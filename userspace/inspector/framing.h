// SPDX-License-Identifier: Apache-2.0
// Messages on a byte stream: a length, then that many bytes. Knows nothing of what they say.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "util/result.h"

namespace wedged {

// More is refused by both ends: the child may have been taken over by a hostile file.
inline constexpr std::size_t greatest_message = 4UL << 20;

// Precondition: not longer than `greatest_message`.
[[nodiscard]] std::string framed(std::string_view message);

// Cuts a stream into its messages.
class FrameReader {
 public:
  void add(std::string_view bytes);
  // The next message, or absent: not all of it is there yet. Kind `malformed`: it claims to be too long; the
  // stream is of no more use.
  [[nodiscard]] Result<std::optional<std::string>> next();

 private:
  std::string buffer_;
  std::size_t taken_ = 0;  // of it
};

}  // namespace wedged
