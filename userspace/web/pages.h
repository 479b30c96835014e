// SPDX-License-Identifier: Apache-2.0
// What is served at which path, as a value: routing and bodies without any socket. Pure but for the clock
// handed in.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/published.h"
#include "web/findings_memory.h"

namespace wedged {

struct Page {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers{};  // more than every answer has
};

// The answer to GET `path` (without its query). The metrics are not among these: site.h has them. `memory` is
// of this publication's states.
[[nodiscard]] Page page_at(std::string_view path, const Publication& publication, const Clock& clock,
                           FindingsMemory& memory);

}  // namespace wedged
