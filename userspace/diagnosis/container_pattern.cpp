// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/container_pattern.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace wedged {
namespace {

constexpr std::size_t least_digits = 12;
constexpr std::size_t most_digits = 64;

bool is_id(std::string_view text) {
  return text.size() >= least_digits && text.size() <= most_digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_runtime(std::string_view text) {
  constexpr std::array<std::string_view, 4> runtimes{"docker", "containerd", "podman", "crio"};
  return std::find(runtimes.begin(), runtimes.end(), text) != runtimes.end();
}

}  // namespace

bool ContainerPattern::fits(const Container& container) const {
  const bool runtime_fits = runtime.empty() || container.runtime.empty() || runtime == container.runtime;
  return runtime_fits && !container.id.empty() && container.id.starts_with(id);
}

Result<ContainerPattern> parse_container_pattern(const std::string& text) {
  ContainerPattern pattern;
  const auto colon = text.find(':');
  pattern.id = colon == std::string::npos ? text : text.substr(colon + 1);
  if (colon != std::string::npos) pattern.runtime = text.substr(0, colon);
  if (pattern.id.starts_with("//")) pattern.id.erase(0, 2);
  if (pattern.runtime == "cri-o") pattern.runtime = "crio";  // as Kubernetes calls it
  if (colon != std::string::npos && !is_runtime(pattern.runtime))
    return Error{ErrorKind::malformed, "must name docker, containerd, podman or crio before the colon"};
  if (!is_id(pattern.id))
    return Error{ErrorKind::malformed, "must be a container's id, at least the first 12 of its 64 digits"};
  return pattern;
}

}  // namespace wedged
