// SPDX-License-Identifier: Apache-2.0
#include "inspector/framing.h"

#include <cstdint>
#include <cstring>

namespace wedged {

std::string framed(std::string_view message) {
  const auto length = static_cast<std::uint32_t>(message.size());
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));  // both ends are the same program on the same machine
  return bytes.append(message);
}

void FrameReader::add(std::string_view bytes) {
  buffer_.erase(0, taken_);
  taken_ = 0;
  buffer_ += bytes;
}

Result<std::optional<std::string>> FrameReader::next() {
  const std::string_view left = std::string_view(buffer_).substr(taken_);
  std::uint32_t length = 0;
  if (left.size() < sizeof(length)) return std::optional<std::string>{};
  std::memcpy(&length, left.data(), sizeof(length));
  if (length > greatest_message)
    return Error{ErrorKind::malformed, "a message of " + std::to_string(length) + " bytes is too long"};
  if (left.size() < sizeof(length) + length) return std::optional<std::string>{};
  taken_ += sizeof(length) + length;
  return std::optional{std::string(left.substr(sizeof(length), length))};
}

}  // namespace wedged
