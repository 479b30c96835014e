// SPDX-License-Identifier: Apache-2.0
// The names that are never signalled: what a host needs to boot, to be reached, to run containers, to serve
// its disks and to be judged by its cluster. A name in the kernel has at most 15 characters, so longer ones
// end in a star.
#include "policy/policy.h"

namespace wedged {

const std::vector<std::string>& built_in_protect_list() {
  static const std::vector<std::string> names{
      // init and service managers; "(" is what systemd's children are called between fork and exec
      "init", "systemd", "systemd-*", "(*", "openrc*", "runit*", "runsv*", "s6-*", "tini", "dumb-init",
      "catatonit",
      // the system's own services
      "dbus-daemon", "dbus-broker*", "polkitd", "udevd", "auditd", "NetworkManager",
      // ways in
      "sshd", "sshd-*", "dropbear", "agetty", "getty", "login", "su", "sudo",
      // containers and virtual machines
      "containerd*", "dockerd", "docker-init", "conmon*", "crio", "crun", "runc*", "kubelet", "libvirtd",
      "virtqemud",
      // block devices: they must live for others to come unstuck
      "mdmon", "multipathd", "iscsid", "dmeventd", "lvmpolld", "nbd-client",
      // clusters and watchdogs: their death fences the host
      "corosync", "pacemaker*", "sbd", "watchdog", "wd_keepalive"};
  return names;
}

}  // namespace wedged
