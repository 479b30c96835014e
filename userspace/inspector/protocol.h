// SPDX-License-Identifier: Apache-2.0
// What the two ends say to each other, as bytes. The parent trusts no byte of the child's: whatever comes,
// decoding ends with a value or an error of kind `malformed`, in bounded memory.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "observation/user_side.h"
#include "util/clock.h"
#include "util/result.h"

namespace wedged {

// To the child.
struct Assignment {
  InspectRequest request;
  Duration budget{};  // after this long no further stack is begun: most of an answer is better than none

  bool operator==(const Assignment&) const = default;
};

// From the child, before each thing that may hang: "reading its memory map". The last one explains a missed
// deadline.
struct Progress {
  std::string text;

  bool operator==(const Progress&) const = default;
};

using FromChild = std::variant<Progress, InspectReply>;

[[nodiscard]] std::string encode(const Assignment& assignment);
[[nodiscard]] std::string encode(const Progress& progress);
[[nodiscard]] std::string encode(const InspectReply& reply);

[[nodiscard]] Result<Assignment> decode_assignment(std::string_view bytes);
[[nodiscard]] Result<FromChild> decode_from_child(std::string_view bytes);

}  // namespace wedged
