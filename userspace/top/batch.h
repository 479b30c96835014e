// SPDX-License-Identifier: Apache-2.0
// What `wedged top --batch` and `--json` print of one sample. Pure.
#pragma once

#include <string>

#include "top/sample.h"

namespace wedged {

// All views, one below the other, each with its first rows. `columns` of the terminal; 0 for unlimited.
[[nodiscard]] std::string batch_text(const TopSample& sample, unsigned columns);
// One line.
[[nodiscard]] std::string batch_json(const TopSample& sample);

}  // namespace wedged
