// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/container.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace wedged {
namespace {

constexpr std::size_t id_length = 64;  // hexadecimal digits, in all of them

bool is_id(std::string_view text) {
  return text.size() == id_length && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (slash != 0) parts.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
  }
  return parts;
}

std::string_view without_suffix(std::string_view part, std::string_view suffix) {
  return part.ends_with(suffix) ? part.substr(0, part.size() - suffix.size()) : part;
}

struct Prefix {
  std::string_view text;
  const char* runtime;
};
// With systemd's cgroup driver scopes, "docker-0123....scope"; with cgroupfs the same without the suffix for
// podman and CRI-O. The monitors of containers, "libpod-conmon-0123..." and "crio-conmon-0123...", are in
// none.
constexpr std::array<Prefix, 7> prefixes{{{"docker-", "docker"},
                                          {"libpod-payload-", "podman"},  // podman run --cgroups=split
                                          {"libpod-", "podman"},
                                          {"crio-", "crio"},
                                          {"cri-containerd-", "containerd"},
                                          {"nerdctl-", "containerd"},
                                          {"containerd-", "containerd"}}};

std::optional<Container> container_named(std::string_view name) {
  for (const auto& [prefix, runtime] : prefixes) {
    if (name.starts_with(prefix) && is_id(name.substr(prefix.size())))
      return Container{runtime, std::string(name.substr(prefix.size())), {}};
  }
  return std::nullopt;
}

// "/docker/0123..." with cgroupfs; below a pod the path does not tell the runtime.
std::optional<Container> container_of_folder(std::string_view parent, std::string_view part, bool in_pod) {
  if (!is_id(part)) return std::nullopt;
  if (parent == "docker") return Container{"docker", std::string(part), {}};
  if (in_pod) return Container{{}, std::string(part), {}};
  return std::nullopt;
}

// A uid has 36 characters, in slices with other dashes; that of a static pod is the hash of its manifest,
// of 32.
bool is_pod_uid(std::string_view text) {
  constexpr std::size_t length = 36;
  constexpr std::size_t length_of_hash = 32;
  if (text.size() == length_of_hash)
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return text.size() == length && text.find_first_not_of("0123456789abcdef-_") == std::string_view::npos;
}

// "kubepods-burstable-pod01234567_89ab_....slice" and "pod01234567-89ab-...".
std::string pod_of(std::string_view part) {
  const std::string_view name = without_suffix(part, ".slice");
  const auto at = name.rfind("pod");
  if (at == std::string_view::npos || (at > 0 && name[at - 1] != '-')) return {};
  std::string uid{name.substr(at + 3)};
  if (!is_pod_uid(uid)) return {};
  std::replace(uid.begin(), uid.end(), '_', '-');
  return uid;
}

// A runtime that uses cgroupfs and is told a place in systemd's form makes a folder of the whole form:
// "kubepods-burstable-pod0123....slice:cri-containerd:0123...".
struct ColonForm {
  std::string_view slice;
  std::string name;  // "cri-containerd-0123..."
};
std::optional<ColonForm> colon_form_of(std::string_view part) {
  const auto first = part.find(':');
  const auto second = first == std::string_view::npos ? first : part.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string runtime{part.substr(first + 1, second - first - 1)};
  return ColonForm{part.substr(0, first), runtime + "-" + std::string(part.substr(second + 1))};
}

// Goes down a path from its root.
class Descent {
 public:
  void enter(std::string_view part) {
    const auto colons = colon_form_of(part);
    const std::string_view slice = colons ? colons->slice : part;
    kubernetes_ = kubernetes_ || slice.find("kubepods") != std::string_view::npos;
    if (kubernetes_) enter_pod(pod_of(slice));
    auto here = container_named(colons ? std::string_view(colons->name) : without_suffix(part, ".scope"));
    if (!here && !colons) here = container_of_folder(parent_, part, !pod_.empty());
    if (here) enter_container(std::move(*here), part);
    if (!part.starts_with("libpod-payload-")) enclosing_unit(part);
    parent_ = part;
  }

  [[nodiscard]] std::optional<Container> container() const {
    if (found_) return found_;
    return pod_.empty() ? std::nullopt : std::optional(Container{{}, {}, pod_});
  }
  [[nodiscard]] std::string unit() const { return depth_ == 1 ? unit_ : std::string(); }

 private:
  // A pod in a container is one of a node that is a container itself, as kind has them.
  void enter_pod(const std::string& pod) {
    if (!pod.empty()) pod_ = pod;
  }
  void enter_container(Container container, std::string_view part) {
    found_ = std::move(container);
    found_->pod = pod_;
    ++depth_;
    if (part.ends_with(".scope")) unit_ = part;
    if (part.starts_with("libpod-payload-")) unit_ = service_;
  }
  void enclosing_unit(std::string_view part) {
    if (part.ends_with(".service")) service_ = part;
  }

  std::optional<Container> found_;
  std::string pod_;
  std::string unit_;
  std::string service_;
  std::string_view parent_;
  bool kubernetes_ = false;
  unsigned depth_ = 0;  // so many containers are around it, its own included
};

Descent descent_to(const std::string& cgroup) {
  Descent descent;
  for (const std::string_view part : parts_of(cgroup)) descent.enter(part);
  return descent;
}

}  // namespace

std::string Container::name() const {
  return (runtime.empty() ? "unknown" : runtime) + ":" + id;
}

std::optional<Container> container_of(const std::string& cgroup) {
  return descent_to(cgroup).container();
}

std::string unit_of_container(const std::string& cgroup) {
  return descent_to(cgroup).unit();
}

}  // namespace wedged
