// SPDX-License-Identifier: Apache-2.0
// From packed paths and file records to values. Pure.
#pragma once

#include <optional>
#include <string>

#include "observation/task.h"

struct wedged_file_record;
struct wedged_packed_path;

namespace wedged {

// Absent: there is none.
[[nodiscard]] std::optional<FileFacts> file_of(const wedged_file_record& record);
// Empty if nothing was packed.
[[nodiscard]] std::string whole_path(const wedged_packed_path& packed);

}  // namespace wedged
