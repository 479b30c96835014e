// SPDX-License-Identifier: Apache-2.0
// The answer to a whole request: which method, the metrics in the format asked for, else a page. Pure but for
// the clock.
#pragma once

#include <string>

#include "web/http_request.h"
#include "web/pages.h"

namespace wedged {

struct Site {
  std::string telemetry_path = "/metrics";
  const Publication* publication = nullptr;
  const Clock* clock = nullptr;

  // Throws nothing: what goes wrong is a page of status 500.
  [[nodiscard]] Page answer(const HttpRequest& request) const;
};

}  // namespace wedged
