// SPDX-License-Identifier: Apache-2.0
// The files of web/assets as they were when the daemon was built: the status page, its style and its scripts.
#pragma once

#include <optional>
#include <string_view>

namespace wedged {

struct Asset {
  std::string_view content;
  std::string_view content_type;
};

// By the file's name: "style.css". Nothing if there is none of that name.
[[nodiscard]] std::optional<Asset> asset_named(std::string_view name);

}  // namespace wedged
