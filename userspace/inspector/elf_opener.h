// SPDX-License-Identifier: Apache-2.0
// Opens the very file that a process has mapped, be it deleted, replaced or in a container, and nothing but
// regular files. In the child only: the file may be on a mount that does not answer, and holds what it likes.
#pragma once

#include "inspector/address_space.h"
#include "inspector/target.h"
#include "util/fd.h"
#include "util/result.h"

namespace wedged {

[[nodiscard]] Result<Fd> open_mapped_file(const Target& target, const Mapping& mapping);

}  // namespace wedged
