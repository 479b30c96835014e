// SPDX-License-Identifier: Apache-2.0
// What a daemon answers at /api/v1/findings as values for a health check. Takes any bytes: what is no such
// page gives an error that names the place and what would be right.
#pragma once

#include <string_view>
#include <vector>

#include "report/daemon_scan.h"
#include "report/health_check.h"
#include "util/result.h"

namespace wedged {

struct DaemonFindings {
  DaemonScan scan;
  std::vector<CheckedFinding> findings;
};

[[nodiscard]] Result<DaemonFindings> read_findings_page(std::string_view body);

// judge(), but `unknown` if the daemon has stopped to look.
[[nodiscard]] CheckVerdict judge(const CheckSelection& selection, const CheckLevels& levels,
                                 const DaemonFindings& answer);

}  // namespace wedged
