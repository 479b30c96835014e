// SPDX-License-Identifier: Apache-2.0
// A cgroup of its own for a process, frozen, that is gone when the process is. Needs a cgroup v2 that can be
// written to.
#pragma once

namespace wedged::inject {

// Returns when all of the process is frozen; gives up where that cannot be done.
void freeze(int process);

}  // namespace wedged::inject
