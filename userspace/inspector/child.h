// SPDX-License-Identifier: Apache-2.0
// The child's end: one request after the other, until the parent's end is closed. Knows nothing of deadlines:
// the parent kills a late one.
#pragma once

namespace wedged {

inline constexpr int inspector_socket = 3;  // where the child finds its end

// Whether this process was started by a parent that speaks to it there, and not by a person.
[[nodiscard]] bool started_as_inspector();

// Returns the exit status.
int run_inspector_child();

}  // namespace wedged
