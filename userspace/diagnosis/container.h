// SPDX-License-Identifier: Apache-2.0
// Container: which one a cgroup path belongs to. By the names that docker, containerd (also through CRI and
// nerdctl), podman, CRI-O and Kubernetes give, with systemd's cgroup driver and with cgroupfs. A path that
// none of them would make is of no container.
#pragma once

#include <optional>
#include <string>

namespace wedged {

struct Container {
  std::string runtime;  // "docker", "containerd", "podman", "crio"; empty: only the pod tells that it is one
  std::string id;       // as the runtime prints it, whole; empty: the pod's own cgroup
  std::string pod;      // Kubernetes's uid with dashes; empty: of no pod

  // "docker:0123...", as rules and `check` name it.
  [[nodiscard]] std::string name() const;

  bool operator==(const Container&) const = default;
};

// Of several around each other the innermost.
[[nodiscard]] std::optional<Container> container_of(const std::string& cgroup);

// What systemd's manager of the host knows it as. Empty: it knows nothing of it, as with cgroupfs, or the
// path is of no container.
[[nodiscard]] std::string unit_of_container(const std::string& cgroup);

}  // namespace wedged
