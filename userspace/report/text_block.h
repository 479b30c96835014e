// SPDX-License-Identifier: Apache-2.0
// TextBlock: the labelled lines that findings and threads are shown as. Knows columns, not meanings. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "report/events.h"

namespace wedged {

// "    label     text" lines; a label given twice in a row is shown once. Lines without text are left out.
class TextBlock {
 public:
  explicit TextBlock(const EventStyle& style) : style_(style) {}

  // `text` must be printable (report/escape.h); it may carry colour.
  void line(const std::string& label, const std::string& text);
  [[nodiscard]] std::string take() { return std::move(text_); }

  // Columns in front of the text of a line.
  static constexpr std::size_t indent_columns = 4;
  static constexpr std::size_t label_columns = 10;

 private:
  EventStyle style_;
  std::string last_label_;
  std::string text_;
};

// "... and 3 more", for lists that are cut.
[[nodiscard]] std::string and_more(std::size_t total, std::size_t shown);

}  // namespace wedged
