// SPDX-License-Identifier: Apache-2.0
// The answer to a whole request: which method, the metrics in the format asked for, else a page. Pure but for
// the clock.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "web/http_request.h"
#include "web/pages.h"

namespace wedged {

enum class Asker {
  anybody,
  admitted,  // by a password or over TLS: no page of others asks through somebody's browser
};

struct Site {
  std::string telemetry_path = "/metrics";
  const Publication* publication = nullptr;
  const Clock* clock = nullptr;
  std::shared_ptr<FindingsMemory> findings = std::make_shared<FindingsMemory>();
  std::optional<std::string> own_host{};  // its name; set where only this host can ask, see own_names.h

  // Throws nothing: what goes wrong is a page of status 500.
  [[nodiscard]] Page answer(const HttpRequest& request, Asker asker = Asker::anybody) const;
};

}  // namespace wedged
