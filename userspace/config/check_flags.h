// SPDX-License-Identifier: Apache-2.0
// What can be said on the command line of `wedged check`, as a value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/cause.h"
#include "diagnosis/container_pattern.h"
#include "util/clock.h"

namespace wedged {

// As whom the daemon is asked, and whom to believe that it is the daemon. Empty: not given.
struct CheckAccess {
  std::string user;
  std::string password_file;
  std::string ca_file;
  std::string server_name;
  std::string cert_file;
  std::string key_file;
  bool insecure = false;

  [[nodiscard]] bool wants_tls() const {
    return insecure || !ca_file.empty() || !server_name.empty() || !cert_file.empty();
  }

  bool operator==(const CheckAccess&) const = default;
};

struct CheckFlags {
  std::vector<std::string> units;
  std::vector<int> pids;
  std::vector<std::string> cgroups;
  std::vector<ContainerPattern> containers;
  std::vector<std::string> pods;
  Certainty warning = Certainty::possible;
  Certainty critical = Certainty::likely;
  Duration lasting{};
  Duration timeout = std::chrono::seconds(5);
  std::optional<std::string> url;
  CheckAccess access;
  bool local = false;     // look, whether a daemon runs or not
  bool no_local = false;  // ask the daemon or nobody
};

}  // namespace wedged
