// SPDX-License-Identifier: Apache-2.0
// How `wedged check` gets at a daemon: its address, as whom, in plain or by TLS, and whom it believes. Asks
// nobody.
#pragma once

#include <string>

#include "config/check_flags.h"
#include "config/settings.h"
#include "daemon/deadline.h"
#include "daemon/http_url.h"
#include "web/tls_client.h"

namespace wedged {

struct DaemonAccess {
  HttpPlace place;
  TlsClientOptions tls;

  bool operator==(const DaemonAccess&) const = default;
};

// Precondition: a URL is given. Errors begin with the flag at fault.
[[nodiscard]] Result<DaemonAccess> access_by_url(const CheckFlags& flags, const std::string& path,
                                                 const Deadline& deadline);

// The daemon of this host, by TLS if the web configuration says so, and then only to who has the certificate
// that stands there. Where that cannot be read, it is asked in plain, and will say what it wants.
[[nodiscard]] Result<DaemonAccess> access_to_own(const CheckAccess& given, const ListenAddress& address,
                                                 const std::string& web_config_file, const std::string& path,
                                                 const Deadline& deadline);

}  // namespace wedged
