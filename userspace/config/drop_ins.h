// SPDX-License-Identifier: Apache-2.0
// The files of a configuration as they lie on disk: the main one, and the folder of drop-ins beside it. Reads
// text, and knows nothing of what it says.
#pragma once

#include <string>
#include <vector>

#include "config/config_file.h"
#include "util/result.h"

namespace wedged {

// Up to one byte more than a configuration may have.
[[nodiscard]] Result<std::string> read_config_file(const std::string& path);

// "/etc/wedged/wedged.d" of "/etc/wedged/wedged.yaml".
[[nodiscard]] std::string drop_in_folder(const std::string& main_file);

// All `*.yaml` of the folder in lexical order, hidden ones left out. No folder is no problem; one that cannot
// be read is, and so is each file.
[[nodiscard]] std::vector<ConfigText> read_drop_ins(const std::string& folder, ConfigProblems& problems);

}  // namespace wedged
