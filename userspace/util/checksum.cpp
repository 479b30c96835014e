// SPDX-License-Identifier: Apache-2.0
#include "util/checksum.h"

#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>

namespace wedged {

std::string checksum_of(std::string_view bytes) {
  constexpr std::size_t digits = 16;
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const char byte : bytes) {
    sum ^= static_cast<unsigned char>(byte);
    sum *= 0x100000001b3;
  }
  std::array<char, digits + 1> text{};
  std::snprintf(text.data(), text.size(), "%016" PRIx64, sum);
  return text.data();
}

}  // namespace wedged
