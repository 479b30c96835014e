// SPDX-License-Identifier: Apache-2.0
#include "report/text_block.h"

#include "report/format.h"

namespace wedged {

void TextBlock::line(const std::string& label, const std::string& text) {
  if (text.empty()) return;
  const std::string shown = label == last_label_ ? "" : label;
  text_.append(indent_columns, ' ');
  text_ += painted(padded(shown, label_columns), shown.empty() ? Colour::none : Colour::dim, style_);
  text_ += text + "\n";
  last_label_ = label;
}

std::string and_more(std::size_t total, std::size_t shown) {
  return "... and " + std::to_string(total - shown) + " more";
}

}  // namespace wedged
