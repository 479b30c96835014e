// SPDX-License-Identifier: Apache-2.0
// What a client would rather have, from its Accept and Accept-Encoding headers (RFC 9110, 12.5). Pure.
#pragma once

#include <string_view>

#include "report/metrics_text.h"

namespace wedged {

// OpenMetrics if the client likes it at least as well as plain text; a client that says nothing gets text.
[[nodiscard]] MetricsFormat metrics_format_for(std::string_view accept);

[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);

}  // namespace wedged
