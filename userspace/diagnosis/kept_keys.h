// SPDX-License-Identifier: Apache-2.0
// Threads that hang together are one finding, which is known by one of them. When that one leaves, or one
// comes that would lead, the others hang on: it is the same finding. Pure.
#pragma once

#include <vector>

#include "diagnosis/finding.h"

namespace wedged {

// Gives new findings the key of one that is gone, of the same cause and process, if they have a thread in
// common. The thread that the key names need not be in the finding any more. Both are sorted by key, `now`
// afterwards, too.
void keep_keys(const std::vector<Finding>& before, std::vector<Finding>& now);

}  // namespace wedged
