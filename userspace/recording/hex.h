// SPDX-License-Identifier: Apache-2.0
// Hexadecimal text of numbers and bytes, and back. Knows nothing of what they mean. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wedged::recorded {

[[nodiscard]] std::string hex_of_number(std::uint64_t value);    // "0x7f00"
[[nodiscard]] std::string hex_of_bytes(std::string_view bytes);  // "61ff"
[[nodiscard]] std::string hex_of_bytes(const std::vector<std::uint8_t>& bytes);

// False, with `to` unspecified, if the text is not exactly what the functions above write (upper case is
// taken as well).
[[nodiscard]] bool from_hex(std::string_view text, std::uint64_t& to);
[[nodiscard]] bool from_hex(std::string_view text, std::string& to);
[[nodiscard]] bool from_hex(std::string_view text, std::vector<std::uint8_t>& to);

}  // namespace wedged::recorded
