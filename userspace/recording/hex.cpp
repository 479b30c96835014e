// SPDX-License-Identifier: Apache-2.0
#include "recording/hex.h"

#include <array>
#include <charconv>

namespace wedged::recorded {
namespace {

template <typename Bytes>
std::string digits_of(const Bytes& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) >> 4U];
    text += digits[static_cast<unsigned char>(byte) & 0xFU];
  }
  return text;
}

template <typename Number>
bool number_from(std::string_view digits, Number& to) {
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, to, 16);
  return error == std::errc{} && rest == end;
}

template <typename Bytes>
bool bytes_from(std::string_view text, Bytes& to) {
  to.clear();
  if (text.size() % 2 != 0) return false;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    std::uint8_t byte = 0;
    if (!number_from(text.substr(at, 2), byte)) return false;
    to.push_back(static_cast<typename Bytes::value_type>(byte));
  }
  return true;
}

}  // namespace

std::string hex_of_number(std::uint64_t value) {
  std::array<char, 16> digits{};
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  return "0x" + std::string(digits.data(), end);
}

std::string hex_of_bytes(std::string_view bytes) {
  return digits_of(bytes);
}

std::string hex_of_bytes(const std::vector<std::uint8_t>& bytes) {
  return digits_of(bytes);
}

bool from_hex(std::string_view text, std::uint64_t& to) {
  return text.substr(0, 2) == "0x" && number_from(text.substr(2), to);
}

bool from_hex(std::string_view text, std::string& to) {
  return bytes_from(text, to);
}

bool from_hex(std::string_view text, std::vector<std::uint8_t>& to) {
  return bytes_from(text, to);
}

}  // namespace wedged::recorded
