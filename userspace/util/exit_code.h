// SPDX-License-Identifier: Apache-2.0
// The exit codes of `wedged`, as documented in --help, the README and docs/operations.md.
#pragma once

namespace wedged {

enum class ExitCode : int {
  success = 0,
  failed = 1,               // failed while running
  usage = 2,                // unknown command, flag or value
  invalid_config = 3,       // the configuration file cannot be used
  denied = 4,               // not root, or a capability is missing
  unsupported = 5,          // the kernel lacks something required
  address_unavailable = 6,  // the listen address cannot be used
};

}  // namespace wedged
