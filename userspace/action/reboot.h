// SPDX-License-Identifier: Apache-2.0
// Reboot: the last rung, at once, by writing `b` to the sysrq trigger (Documentation/admin-guide/sysrq.rst;
// kernel.sysrq does not restrict who may write there). Nothing is synced, unmounted or asked: on a host whose
// disk hangs, sync(2) and an orderly shutdown would hang too. What is not on the disk by then is lost. The
// write does not wait: there is no outcome to tell.
#pragma once

#include "action/host_parts.h"
#include "action/work.h"

namespace wedged {

// Only if the policy allows it, which decide() has asked already. A dry run looks whether the trigger could
// be written to.
[[nodiscard]] Step begin_reboot(const Decision& decision, const Policy& policy, const HostParts& parts);

// Whether the trigger could be written to.
[[nodiscard]] Status can_reboot(const std::string& sysrq_trigger);

}  // namespace wedged
