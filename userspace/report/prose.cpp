// SPDX-License-Identifier: Apache-2.0
#include "report/prose.h"

#include <algorithm>

#include "report/escape.h"

namespace wedged {

std::string paragraph(std::string_view printable_text, const Indent& indent, unsigned width) {
  const std::size_t limit = width == 0 ? widest_prose : std::min(width, widest_prose);
  std::string text;
  std::string line(indent.first);
  bool begun = false;  // the line has a word
  while (!printable_text.empty()) {
    const std::size_t end = std::min(printable_text.find(' '), printable_text.size());
    const std::string_view word = printable_text.substr(0, end);
    printable_text.remove_prefix(std::min(end + 1, printable_text.size()));
    if (word.empty()) continue;
    if (begun && columns_of(line) + 1 + columns_of(word) > limit) {
      text += line + "\n";
      line = indent.others;
      begun = false;
    }
    if (begun) line += ' ';
    line += word;
    begun = true;
  }
  return text + line + "\n";
}

}  // namespace wedged
