// SPDX-License-Identifier: Apache-2.0
// Compresses a body for a client that takes it. gzip.cpp is the only file of the web server that includes
// zlib.
#pragma once

#include <optional>
#include <string>

namespace wedged {

// Nothing if it cannot be compressed or would not become smaller.
[[nodiscard]] std::optional<std::string> gzipped(const std::string& body);

}  // namespace wedged
