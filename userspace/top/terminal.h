// SPDX-License-Identifier: Apache-2.0
// The terminal behind `wedged top`: draws lines, hands keys on. Its .cpp alone includes ncurses. One at a
// time; the destructor gives the terminal back as it was, whatever the reason for leaving.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "top/view.h"
#include "util/result.h"

namespace wedged {

class Terminal {
 public:
  // Kind `unsupported` if TERM names none that can be drawn on.
  [[nodiscard]] static Result<Terminal> open();
  Terminal(Terminal&&) noexcept;
  Terminal& operator=(Terminal&&) = delete;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal();

  [[nodiscard]] TopSize size() const;
  void show(const std::vector<TopLine>& lines);
  // Waits so long for a key; none: time is over, or the size has changed.
  [[nodiscard]] std::optional<TopPress> key(Duration at_most);

 private:
  struct Screen;
  explicit Terminal(std::unique_ptr<Screen> screen);
  std::unique_ptr<Screen> screen_;
};

}  // namespace wedged
