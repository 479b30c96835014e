// SPDX-License-Identifier: Apache-2.0
// Hashes of passwords of no other use, and headers that show them.
#pragma once

namespace wedged::test {

inline constexpr const char* secret_hash =
    "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";  // of "secret"
inline constexpr const char* other_hash = "$2b$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu";
inline constexpr const char* dear_hash =
    "$2b$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u";  // at a usual cost

inline constexpr const char* alice_secret = "Basic YWxpY2U6c2VjcmV0";
inline constexpr const char* alice_wrong = "Basic YWxpY2U6d3Jvbmc=";
inline constexpr const char* mallory_secret = "Basic bWFsbG9yeTpzZWNyZXQ=";

}  // namespace wedged::test
