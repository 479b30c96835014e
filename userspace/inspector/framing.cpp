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

Result<std::optional<std::string>> FrameReader::next() {
  std::uint32_t length = 0;
  if (buffer_.size() < sizeof(length)) return std::optional<std::string>{};
  std::memcpy(&length, buffer_.data(), sizeof(length));
  if (length > greatest_message)
    return Error{ErrorKind::malformed, "a message of " + std::to_string(length) + " bytes is too long"};
  if (buffer_.size() < sizeof(length) + length) return std::optional<std::string>{};
  std::string message = buffer_.substr(sizeof(length), length);
  buffer_.erase(0, sizeof(length) + length);
  return std::optional{std::move(message)};
}

}  // namespace wedged
