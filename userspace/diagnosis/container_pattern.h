// SPDX-License-Identifier: Apache-2.0
// ContainerPattern: how people name a container, "docker:0123456789ab" with the whole id or its beginning.
#pragma once

#include <string>

#include "diagnosis/container.h"
#include "util/result.h"

namespace wedged {

struct ContainerPattern {
  std::string runtime;  // as in Container; empty: any
  std::string id;       // hexadecimal digits; the beginning of one

  // Where the path of a container does not tell its runtime, the id alone counts.
  [[nodiscard]] bool fits(const Container& container) const;

  bool operator==(const ContainerPattern&) const = default;
};

// "RUNTIME:ID", "RUNTIME://ID" as kubectl shows it, or ID alone; at least twelve digits, which is what
// `docker ps` and `podman ps` show. Kind `malformed`; the message is a predicate: "must be ...".
[[nodiscard]] Result<ContainerPattern> parse_container_pattern(const std::string& text);

}  // namespace wedged
