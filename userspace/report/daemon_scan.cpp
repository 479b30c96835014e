// SPDX-License-Identifier: Apache-2.0
#include "report/daemon_scan.h"

#include "diagnosis/describe.h"

namespace wedged {

std::string why_outdated(const DaemonScan& scan) {
  if (!scan.age) return "the daemon has made no scan yet";
  if (*scan.age > scan.stale_after) return "the daemon's last scan was " + spoken(*scan.age) + " ago";
  if (!scan.scope.missing.empty())
    return "the daemon watches " + name_of(scan.scope) + " alone, and " + scan.scope.missing;
  return {};
}

}  // namespace wedged
