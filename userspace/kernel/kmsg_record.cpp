// SPDX-License-Identifier: Apache-2.0
// "6,339,5140900,-,caller=T1;NET: Registered protocol family 10\n SUBSYSTEM=net\n"
#include "kernel/kmsg_record.h"

#include <charconv>

namespace wedged {
namespace {

// Takes the text up to the first `end`, and that with it.
std::optional<std::string_view> next_field(std::string_view& text, char end) {
  const auto at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const auto field = text.substr(0, at);
  text.remove_prefix(at + 1);
  return field;
}

std::optional<std::uint64_t> number_of(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || rest != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> next_number(std::string_view& prefix) {
  const auto field = next_field(prefix, ',');
  return field ? number_of(*field) : std::nullopt;
}

std::optional<char> escaped_byte(std::string_view text) {
  unsigned value = 0;
  if (text.size() < 4 || text[0] != '\\' || text[1] != 'x') return std::nullopt;
  const auto [rest, error] = std::from_chars(text.data() + 2, text.data() + 4, value, 16);
  if (error != std::errc{} || rest != text.data() + 4) return std::nullopt;
  return static_cast<char>(value);
}

// msg_add_ext_text() writes every byte that is not printable ASCII, and the backslash, as \xNN.
std::string unescaped(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const auto byte = escaped_byte(text);
    plain += byte ? *byte : text.front();
    text.remove_prefix(byte ? 4 : 1);
  }
  return plain;
}

// What follows the sequence number and the stamp: flags, then fields of which we know one.
void read_flags(std::string_view rest, KmsgRecord& record) {
  constexpr std::string_view caller = "caller=";
  record.fragment = rest.substr(0, 1) == "c";
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto field = rest.substr(0, end);
    if (field.starts_with(caller)) record.caller = field.substr(caller.size());
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

}  // namespace

std::optional<KmsgRecord> kmsg_record_of(std::string_view bytes) {
  constexpr std::uint64_t levels = 8;
  constexpr auto latest = static_cast<std::uint64_t>(Duration::max().count()) / 1000;
  auto prefix = next_field(bytes, ';');
  if (!prefix) return std::nullopt;
  const auto priority = next_number(*prefix);
  const auto sequence = next_number(*prefix);
  const auto microseconds = next_number(*prefix);
  if (!priority || !sequence || !microseconds || *microseconds > latest) return std::nullopt;
  KmsgRecord record;
  record.level = static_cast<unsigned>(*priority % levels);
  record.from_kernel = *priority < levels;
  record.sequence = *sequence;
  record.stamp = std::chrono::microseconds(*microseconds);
  read_flags(*prefix, record);
  record.text = unescaped(bytes.substr(0, bytes.find('\n')));
  return record;
}

}  // namespace wedged
