// SPDX-License-Identifier: Apache-2.0
// What a daemon answers at /api/v1/findings as values for `wedged list`. Takes any bytes: what is no such
// page gives an error of kind `malformed` that names the place and what would be right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/daemon_scan.h"
#include "report/list.h"
#include "util/result.h"

namespace wedged {

struct DaemonListing {
  DaemonScan scan;
  std::vector<ListedFinding> findings;
  std::string document;  // the same as `wedged list --json` has it, with all that the daemon tells
};

[[nodiscard]] Result<DaemonListing> read_listing(std::string_view body);

}  // namespace wedged
