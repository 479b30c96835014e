// SPDX-License-Identifier: Apache-2.0
// The status page as a browser loads it: markup without data, which its scripts fetch. Only what a browser
// without scripts must know is put into it: whether enforcement has suspended itself. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/published.h"

namespace wedged {

// `state` may be null.
[[nodiscard]] std::string status_page(const Published* state);

// What the page and its parts may do: load from this server and nowhere else, run no script that stands in
// the markup, be framed by nobody.
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& page_headers();

}  // namespace wedged
