// SPDX-License-Identifier: Apache-2.0
#include "state/seal.h"

#include "state/ledger_text.h"
#include "util/checksum.h"

namespace wedged {
namespace {

constexpr std::string_view head_begin = R"({"schema":)";
constexpr std::string_view head_middle = R"(,"checksum":")";
constexpr std::string_view head_end = R"(",)";
constexpr std::string_view tail = "}\n";
constexpr std::size_t checksum_digits = 16;

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
