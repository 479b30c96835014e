// SPDX-License-Identifier: Apache-2.0
// Which C library is linked into a static program: by symbols, or by the note that the C library's start
// files bring along. In the child only.
#pragma once

#include <elfutils/libdwfl.h>

#include <vector>

#include "inspector/modules.h"
#include "observation/user_side.h"

namespace wedged {

// Looks into the first module, the program itself.
[[nodiscard]] CLibrary libc_inside(Dwfl* session, const std::vector<Module>& modules);

}  // namespace wedged
