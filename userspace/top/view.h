// SPDX-License-Identifier: Apache-2.0
// The screen of `wedged top` as lines of styled text for a given size. Knows no terminal. Pure. All text is
// printable: what other processes chose is escaped.
#pragma once

#include <string>
#include <vector>

#include "top/sample.h"
#include "top/state.h"

namespace wedged {

enum class TopStyle { plain, bold, dim, bar, heading, selected, bad, warning };

struct TopSpan {
  std::string text;
  TopStyle style = TopStyle::plain;
};
using TopLine = std::vector<TopSpan>;

struct TopSize {
  unsigned rows = 24;
  unsigned columns = 80;

  bool operator==(const TopSize&) const = default;
};

// Exactly `size.rows` lines of at most `size.columns`. Bounds what is selected and scrolled to what there is.
[[nodiscard]] std::vector<TopLine> draw(const TopSample& sample, TopState& state, const TopSize& size);

// Rows of the table, or lines of details, that fit.
[[nodiscard]] std::size_t page_of(const TopSize& size);

}  // namespace wedged
