// SPDX-License-Identifier: Apache-2.0
// FNV-1a of 64 bits (draft-eastlake-fnv): every step is a bijection of the state (xor, then a product with an
// odd number), so two texts of the same length that differ in one byte never have the same sum. A CRC
// promises the same and would need a library; neither protects from who means harm.
#pragma once

#include <string>
#include <string_view>

namespace wedged {

// 16 hexadecimal digits, the same in every build.
[[nodiscard]] std::string checksum_of(std::string_view bytes);

}  // namespace wedged
