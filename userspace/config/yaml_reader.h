// SPDX-License-Identifier: Apache-2.0
// From text to YamlNode. yaml_reader.cpp is the only file that includes yaml-cpp, and its exceptions end
// there. The part of YAML a configuration needs: maps, lists and words. Anchors, aliases, tags and a second
// document are refused.
#pragma once

#include <optional>
#include <string>

#include "config/problems.h"
#include "config/yaml_node.h"

namespace wedged {

// Never throws. Nothing if the text is not YAML; if it is more than the part we need, that is a problem too,
// but the rest can be read. A column counts bytes.
[[nodiscard]] std::optional<YamlNode> read_yaml(const std::string& text, Problems& problems);

}  // namespace wedged
