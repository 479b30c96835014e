// SPDX-License-Identifier: Apache-2.0
// FNV-1a of 64 bits: every step is a bijection of the state (xor, then a product with an odd number), so two
// texts of the same length that differ in one byte never have the same sum. A CRC promises the same and would
// need a library; neither protects from who may write to the file.
#include "state/seal.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "state/ledger_text.h"

namespace wedged {
namespace {

constexpr std::string_view head_begin = R"({"schema":)";
constexpr std::string_view head_middle = R"(,"checksum":")";
constexpr std::string_view head_end = R"(",)";
constexpr std::string_view tail = "}\n";
constexpr std::size_t checksum_digits = 16;

std::string checksum_of(std::string_view body) {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const char letter : body) {
    sum ^= static_cast<unsigned char>(letter);
    sum *= 0x100000001b3;
  }
  std::array<char, checksum_digits + 1> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(sum));
  return digits.data();
}

Error malformed(const std::string& message) {
  return {ErrorKind::malformed, message};
}

// Takes `piece` off the front; false if it is not there.
bool skip(std::string_view& text, std::string_view piece) {
  if (!text.starts_with(piece)) return false;
  text.remove_prefix(piece.size());
  return true;
}

}  // namespace

std::string sealed(std::string_view body) {
  std::string text(head_begin);
  text += std::to_string(ledger_schema);
  text += head_middle;
  text += checksum_of(body);
  text += head_end;
  text += body;
  text += tail;
  return text;
}

Result<std::string_view> unsealed(std::string_view text) {
  if (text.size() > longest_ledger)
    return malformed("must have at most " + std::to_string(longest_ledger) + " bytes");
  if (!skip(text, head_begin)) return malformed("schema: it does not begin as a ledger does");
  const std::string_view schema = text.substr(0, text.find_first_not_of("0123456789"));
  if (schema != std::to_string(ledger_schema)) {
    return malformed("schema: must be " + std::to_string(ledger_schema) +
                     ", another version may have written it");
  }
  text.remove_prefix(schema.size());
  if (!skip(text, head_middle)) return malformed("checksum: is missing");
  const std::string_view sum = text.substr(0, checksum_digits);
  text.remove_prefix(sum.size());
  if (!skip(text, head_end)) return malformed("checksum: must have 16 digits");
  if (!text.ends_with(tail)) return malformed("checksum: the text is cut off");
  text.remove_suffix(tail.size());
  if (sum != checksum_of(text)) return malformed("checksum: the text was changed or is cut off");
  return text;
}

}  // namespace wedged
