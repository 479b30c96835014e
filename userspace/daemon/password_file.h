// SPDX-License-Identifier: Apache-2.0
// A password from a file, or from a pipe that somebody writes it into.
#pragma once

#include <string>

#include "daemon/deadline.h"

namespace wedged {

// One line, without its end. The message names the file, never what is in it.
[[nodiscard]] Result<std::string> read_password(const std::string& path, const Deadline& deadline);

}  // namespace wedged
