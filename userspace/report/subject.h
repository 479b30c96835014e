// SPDX-License-Identifier: Apache-2.0
// The threads that a finding speaks of: the one it is known by, and the one whose state, call and stacks it
// has. They may be two. Pure.
#pragma once

#include <string>

#include "diagnosis/finding.h"

namespace wedged {

// The thread that the finding is known by, and is named again when it is over. Somebody else of its process
// may stand for it: for one that has ended, or the busiest of several that spin, who is another one in the
// end. Where that one has left and others of the finding have not, whoever stands for it.
[[nodiscard]] const Task& subject_of(const Finding& finding);

// "worker[12]"; "thread 12" where it has left.
[[nodiscard]] std::string subject_text(const Finding& finding);

// Who stands for the subject: state, call, what it waits for and stacks are of that thread. Null where they
// are of the subject itself.
[[nodiscard]] const Task* told_by(const Finding& finding);

// The thread that is stuck, or is gone: the subject where it has ended and another one stands for it, else
// whose state and call the finding has. A chain begins with it.
[[nodiscard]] const Task& stuck_task(const Finding& finding);

}  // namespace wedged
