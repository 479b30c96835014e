// SPDX-License-Identifier: Apache-2.0
// One GET within a time and a size, in plain or by TLS. For asking the daemon of this or another host.
#pragma once

#include "daemon/deadline.h"
#include "daemon/http_reply.h"
#include "daemon/http_url.h"
#include "web/tls_client.h"

namespace wedged {

// Looking the name up and TLS count to the time. Options are for places with TLS. SIGPIPE must be ignored.
// Kind `gone`: nobody listens there. `denied`: there is a server, but it cannot be asked like this; the
// message is a predicate about it, and has what helps behind "; ". `malformed`: the options, or its answer.
// `system`: not in time, too much, or what the network said.
[[nodiscard]] Result<HttpReply> http_get(const HttpPlace& place, const TlsClientOptions& options,
                                         const Deadline& deadline);

}  // namespace wedged
