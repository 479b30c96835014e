// SPDX-License-Identifier: Apache-2.0
// The reason names rules and units: it is escaped for terminals and for HTML.
#include "web/landing_notice.h"

#include "report/escape.h"
#include "report/format.h"

namespace wedged {
namespace {

std::string html_text(std::string_view text) {
  std::string html;
  for (const char letter : printable(text)) {
    switch (letter) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      default: html += letter;
    }
  }
  return html;
}

}  // namespace

std::string landing_notice(const Published* state) {
  if (state == nullptr || !state->suspension) return {};
  const auto& [since, reason] = *state->suspension;
  return "<p><strong>Enforcement suspended</strong> since " + time_text(state->at.wall_of(since)) + ": " +
         html_text(reason) + "</p>\n";
}

}  // namespace wedged
