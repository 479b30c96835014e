// SPDX-License-Identifier: Apache-2.0
// Texts of policies with room for one thing that is wrong.
#pragma once

#include <string>

namespace wedged::test {

// Each key that a policy may have.
inline constexpr const char* every_policy_key = R"(policy:
  enforce: true
  order: all
  allow_reboot: true
  protect: ["sshd*", "/usr/lib/postgresql/*"]
  limits: { actions: 7, window: 20m, cool_down: 0s }
  unit_limits: { actions: 2, window: 5m, cool_down: 3s }
  brake: { decisions: 10000, window: 2m }
  dumps: { directory: /srv/dumps, quota: 3GiB }
  ledger: /run/other/ledger.json
  rules:
    - name: kill_stuck-writers2
      enforce: false
      match:
        cause: [unkillable, uninterruptible_wait]
        certainty: certain
        lasting: 30s
        role: victim
        comm: [a*, "[b-d]?"]
        exe: /usr/bin/*
        unit: postgresql*.service
        cgroup: /system.slice/*
        container: "docker:0123*"
        pod: 01234567-89ab-cdef-0123-456789abcdef
        user: [postgres, 1000]
        syscall: [fsync, write]
        device: [dm-0, sd*]
        mount: /data
      ladder:
        - { log: true, grace: 1m }
        - dump: stacks
        - dump: core
        - signal: SIGTERM
        - { signal: KILL, grace: 0s }
        - { signal: KILL, to: group }
        - { signal: KILL, to: unit }
        - restart_unit: true
        - hook: { command: [/sbin/fence, ""], timeout: 1m, memory: 1GiB }
        - reboot: sysrq
      limits: { actions: 3 }
)";

// In a policy with one thing wrong, at the end of this.
inline std::string in_policy(const std::string& text) {
  return "policy:\n  " + text + "\n";
}
// A rule that is right but for what is given; `match` starts at 4:14, `ladder` at 5:15.
inline std::string rule_with(const std::string& match, const std::string& ladder) {
  return "policy:\n  rules:\n    - name: x\n      match: " + match + "\n      ladder: " + ladder + "\n";
}
inline std::string with_match(const std::string& match) {
  return rule_with(match, "[{log: true}]");
}
inline std::string with_ladder(const std::string& ladder) {
  return rule_with("{}", ladder);
}

}  // namespace wedged::test
