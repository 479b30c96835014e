// SPDX-License-Identifier: Apache-2.0
// One GET over a plain socket, within a time and a size. For asking the daemon of this or another host.
#pragma once

#include "daemon/http_reply.h"
#include "daemon/http_url.h"
#include "util/clock.h"

namespace wedged {

// Kind `gone`: nobody listens there. `system`: not within the time, too much, or what the network said.
// Names are looked up outside of `at_most`: give an address where that matters.
[[nodiscard]] Result<HttpReply> http_get(const HttpPlace& place, Duration at_most);

}  // namespace wedged
