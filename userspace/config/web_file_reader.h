// SPDX-License-Identifier: Apache-2.0
// The web configuration file of Prometheus's exporters (exporter-toolkit), from text to a value. What this
// server cannot do is refused where it stands, and never passed over.
#pragma once

#include <string>
#include <variant>

#include "config/config_file.h"
#include "config/web_file.h"

namespace wedged {

// Pure: the file is a name for messages, and the folder that paths in it begin at.
[[nodiscard]] std::variant<WebFile, ConfigProblems> parse_web_file(const ConfigText& text);

[[nodiscard]] std::variant<WebFile, ConfigProblems> read_web_file(const std::string& path);

}  // namespace wedged
