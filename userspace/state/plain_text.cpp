// SPDX-License-Identifier: Apache-2.0
#include "state/plain_text.h"

namespace wedged {
namespace {

constexpr std::string_view digits = "0123456789ABCDEF";
constexpr std::size_t escape_length = 3;

bool stands_for_itself(unsigned char byte) {
  return byte >= 0x20 && byte < 0x7f && byte != '%';
}

// The byte that an escape at the front of `text` means.
std::optional<unsigned char> escaped_byte(std::string_view text) {
  if (text.size() < escape_length || text[0] != '%') return std::nullopt;
  const auto high = digits.find(text[1]);
  const auto low = digits.find(text[2]);
  if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
  const auto byte = static_cast<unsigned char>(high << 4U | low);
  return stands_for_itself(byte) ? std::nullopt : std::optional(byte);
}

}  // namespace

std::string to_plain(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char letter : bytes) {
    const auto byte = static_cast<unsigned char>(letter);
    if (stands_for_itself(byte)) {
      text += letter;
    } else {
      text += '%';
      text += digits[byte >> 4U];
      text += digits[byte & 0xfU];
    }
  }
  return text;
}

std::optional<std::string> from_plain(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    if (stands_for_itself(static_cast<unsigned char>(text[0]))) {
      bytes += text[0];
      text.remove_prefix(1);
      continue;
    }
    const auto byte = escaped_byte(text);
    if (!byte) return std::nullopt;
    bytes += static_cast<char>(*byte);
    text.remove_prefix(escape_length);
  }
  return bytes;
}

}  // namespace wedged
