// SPDX-License-Identifier: Apache-2.0
// Settings: everything that a file or a flag can set, valid and with its defaults. Commands read this and
// nothing else.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/thresholds.h"
#include "policy/policy.h"
#include "util/clock.h"

namespace wedged {

enum class ObserveMode {
  calls,  // syscall tracepoints and scan
  scan,   // scan alone: no histograms, and none of the hangs that only calls tell of
};
inline constexpr std::array all_observe_modes{ObserveMode::calls, ObserveMode::scan};

struct Scope {
  std::vector<int> pids;              // thread groups; empty: all
  std::optional<std::string> cgroup;  // path below the cgroup2 mount, or absolute

  bool operator==(const Scope&) const = default;
};

struct ListenAddress {
  std::string host = "127.0.0.1";
  unsigned short port = 9974;

  [[nodiscard]] std::string text() const;  // "127.0.0.1:9974", "[::1]:9974"

  bool operator==(const ListenAddress&) const = default;
};

struct Settings {
  Duration scan_interval = std::chrono::seconds(1);
  ObserveMode observe = ObserveMode::calls;
  Thresholds thresholds;
  std::optional<ListenAddress> web = ListenAddress{};  // absent: no web server
  std::string telemetry_path = "/metrics";             // of the metrics on it
  std::string web_config_file;                         // TLS and passwords; empty: none
  Policy policy;
  Scope scope;  // set by flags alone

  bool operator==(const Settings&) const = default;
};

}  // namespace wedged
