// SPDX-License-Identifier: Apache-2.0
// A strict UTF-8 reader, and what each kind of output does with what it reads.
#include "report/escape.h"

#include <clocale>
#include <cstdint>
#include <cwchar>

namespace wedged {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  // bytes; 0: not UTF-8
};

std::uint32_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

std::size_t sequence_length(std::uint32_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The code point at the front of non-empty text. Overlong forms and surrogates are not UTF-8.
CodePoint front_of(std::string_view text) {
  const std::uint32_t lead = byte_at(text, 0);
  const std::size_t length = sequence_length(lead);
  if (length == 0 || length > text.size()) return {};
  if (length == 1) return {lead, 1};
  std::uint32_t value = lead & (0x7FU >> length);
  for (std::size_t at = 1; at < length; ++at) {
    const std::uint32_t byte = byte_at(text, at);
    if ((byte & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, length};
}

// Would a terminal act on it, or a reader be deceived by it?
bool harmless(std::uint32_t value) {
  if (value < 0x20 || (value >= 0x7F && value <= 0x9F)) return false;  // C0, DEL, C1
  if (value >= 0x200B && value <= 0x200F) return false;                // zero width, direction marks
  if (value >= 0x2028 && value <= 0x202E) return false;                // line ends, direction overrides
  if (value >= 0x2060 && value <= 0x206F) return false;                // invisible, isolates
  return value != 0xAD && value != 0x61C && value != 0xFEFF &&
         value < 0xE0000;  // soft hyphen, BOM, tags, private
}

std::string hex_of(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const std::uint32_t byte = byte_at(bytes, at);
    out += "\\x";
    out += digits[byte >> 4U];
    out += digits[byte & 0xFU];
  }
  return out;
}

// As a terminal of UTF-8 shows it, whatever locale the program runs in: 2 for wide characters, 0 for those
// that combine with the one before.
std::size_t width_of(const CodePoint& point) {
  if (point.length < 2) return 1;
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (utf8 == nullptr) return 1;
  const locale_t before = uselocale(utf8);
  const int width = wcwidth(static_cast<wchar_t>(point.value));
  uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string printable(std::string_view text) {
  return label_text(text, std::string::npos);
}

std::string label_text(std::string_view text, std::size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    const CodePoint next = front_of(text);
    const std::string_view front = text.substr(0, next.length == 0 ? 1 : next.length);
    const bool as_it_is = next.length != 0 && harmless(next.value);
    const std::string piece = as_it_is ? std::string(front) : hex_of(front);
    if (piece.size() > max_bytes - out.size()) break;
    out += piece;
    text.remove_prefix(front.size());
  }
  return out;
}

std::size_t columns_of(std::string_view printable_text) {
  std::size_t columns = 0;
  while (!printable_text.empty()) {
    const CodePoint next = front_of(printable_text);
    columns += width_of(next);
    printable_text.remove_prefix(next.length == 0 ? 1 : next.length);
  }
  return columns;
}

std::string_view first_columns(std::string_view printable_text, std::size_t columns) {
  std::size_t at = 0;
  std::size_t taken = 0;
  while (at < printable_text.size()) {
    const CodePoint next = front_of(printable_text.substr(at));
    taken += width_of(next);
    if (taken > columns) break;
    at += next.length == 0 ? 1 : next.length;
  }
  return printable_text.substr(0, at);
}

std::string cut_to(std::string_view printable_text, std::size_t columns) {
  static constexpr std::string_view mark = "...";
  if (columns_of(printable_text) <= columns) return std::string(printable_text);
  if (columns <= mark.size()) return std::string(first_columns(printable_text, columns));
  std::string out(first_columns(printable_text, columns - mark.size()));
  out += mark;
  return out;
}

}  // namespace wedged
