// SPDX-License-Identifier: Apache-2.0
// The indented lines below an event's header: one finding in full, for somebody woken at three in the
// morning. Every line is of bounded number, every foreign string escaped. Pure.
#pragma once

#include <string>

#include "diagnosis/finding.h"
#include "report/events.h"

namespace wedged {

// "    label     text" lines; a label given twice in a row is shown once. Lines without text are left out.
class TextBlock {
 public:
  explicit TextBlock(const EventStyle& style) : style_(style) {}

  // `text` must be printable (report/escape.h); it may carry colour.
  void line(const std::string& label, const std::string& text);
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  EventStyle style_;
  std::string last_label_;
  std::string text_;
};

inline constexpr std::size_t shown_frames = 12;
inline constexpr std::size_t shown_threads = 8;

// Who: process, executable, unit, user, thread.
void add_identity(TextBlock& block, const Finding& finding);

// The whole finding.
[[nodiscard]] std::string finding_block(const Finding& finding, const ClockPair& now,
                                        const EventStyle& style);

}  // namespace wedged
