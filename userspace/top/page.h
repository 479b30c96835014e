// SPDX-License-Identifier: Apache-2.0
// The pages of `wedged top`: what opens for a row, and the help. Lines as long as they are; whoever shows
// them wraps them. Pure; all text is printable.
#pragma once

#include <string>
#include <vector>

#include "top/sample.h"
#include "top/table.h"

namespace wedged {

[[nodiscard]] std::vector<std::string> help_page();

// `columns` of the screen, by which tables are laid out.
[[nodiscard]] std::vector<std::string> page_about(const TopSubject& subject, const TopSample& sample,
                                                  unsigned columns);

}  // namespace wedged
