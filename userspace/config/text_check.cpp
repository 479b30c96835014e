// SPDX-License-Identifier: Apache-2.0
#include "config/text_check.h"

#include <algorithm>

#include "config/utf8.h"

namespace wedged {
namespace {

// A line and column for the byte at this offset, counted as the parser counts: in bytes.
Place place_in(const std::string& text, std::size_t offset) {
  const auto begin = text.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(offset);
  const auto line = std::count(begin, end, '\n');
  const std::size_t newline = offset == 0 ? std::string::npos : text.rfind('\n', offset - 1);
  const std::size_t start = newline == std::string::npos ? 0 : newline + 1;
  return {static_cast<int>(line) + 1, static_cast<int>(offset - start) + 1};
}

}  // namespace

bool is_text(const std::string& bytes, Problems& problems) {
  if (bytes.size() > max_config_bytes) {
    problems.add({}, "the file is larger than 1 MiB, which no configuration is");
    return false;
  }
  if (const auto at = bytes.find('\0'); at != std::string::npos) {
    problems.add(place_in(bytes, at), "a NUL byte: this is not a text file");
    return false;
  }
  if (const auto at = first_invalid_utf8(bytes)) {
    problems.add(place_in(bytes, *at), "this byte is not UTF-8 text");
    return false;
  }
  return true;
}

}  // namespace wedged
