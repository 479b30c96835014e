// SPDX-License-Identifier: Apache-2.0
// The section tls_server_config of the web configuration. Opens none of the files that it names. Pure.
#pragma once

#include <optional>
#include <string>

#include "config/problems.h"
#include "config/web_file.h"

namespace wedged {

// Nothing if the section is empty: then there is no TLS. `folder` ends in a slash or is empty.
[[nodiscard]] std::optional<WebTls> read_web_tls(const YamlNode& node, const std::string& folder,
                                                 Problems& problems);

}  // namespace wedged
