// SPDX-License-Identifier: Apache-2.0
// Picks the form; the forms themselves are in why_text.cpp and why_json.cpp.
#include "report/why.h"

#include "report/why_json.h"
#include "report/why_text.h"

namespace wedged {

std::string render_why(const Why& why, const ClockPair& now, const EventStyle& style, unsigned width,
                       bool all_stacks) {
  if (style.format == EventFormat::json) return json::why(why, now);
  return text::why(why, {now, style, width, all_stacks});
}

}  // namespace wedged
