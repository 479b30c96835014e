// SPDX-License-Identifier: Apache-2.0
#include "web/status_page.h"

#include <stdexcept>

#include "web/assets.h"
#include "web/landing_notice.h"

namespace wedged {
namespace {

constexpr std::string_view place_of_notice = "<!-- notice -->";

}  // namespace

std::string status_page(const Published* state) {
  const auto markup = asset_named("index.html");
  if (!markup) throw std::logic_error("index.html is not in the binary");
  std::string page(markup->content);
  if (const auto at = page.find(place_of_notice); at != std::string::npos)
    page.replace(at, place_of_notice.size(), landing_notice(state));
  return page;
}

const std::vector<std::pair<std::string, std::string>>& page_headers() {
  static const std::vector<std::pair<std::string, std::string>> headers{
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
       "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
      {"Referrer-Policy", "no-referrer"},
  };
  return headers;
}

}  // namespace wedged
