# SPDX-License-Identifier: Apache-2.0
"""A pod's container as far as a host without a container engine can make one, and the daemon in it.

Namespaces for mounts, cgroups, host name and IPC, the host's for processes (hostPID) and network; a read-only root with
nothing but programs, libraries and what the manifest mounts; /proc and /sys as engines mount them, masked paths included;
exactly the given capabilities and no new ones. Not here, since it takes an engine: its seccomp profile, its device cgroup,
AppArmor and SELinux.
"""

import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.error
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("WEDGED_BINARY", str(SOURCE / "build/release/userspace/wedged"))
DEADLINE = 60  # seconds; for a machine under load, not a promise

# What containerd, CRI-O and Docker hide of /proc, and what they leave for reading alone.
MASKED = "acpi asound kcore keys latency_stats timer_list timer_stats sched_debug scsi"
READ_ONLY = "bus fs irq sys sysrq-trigger"

ROOT = f"""set -eu
root=$1 folder=$2
mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir -p usr etc/wedged proc sys dev tmp run/wedged
for name in bin sbin lib lib64; do [ ! -e "/$name" ] || ln -s "usr/$name" "$name"; done
mount --bind /usr usr && mount -o remount,bind,ro usr
touch wedged && mount --bind "$3" wedged && mount -o remount,bind,ro wedged
mount --bind "$folder/etc" etc/wedged && mount -o remount,bind,ro etc/wedged
mount --bind "$folder/run" run/wedged
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom; do touch "dev/$name" && mount --bind "/dev/$name" "dev/$name"; done
mount -t proc -o nosuid,nodev,noexec proc proc
for name in {READ_ONLY}; do
  [ ! -e "proc/$name" ] || {{ mount --bind "proc/$name" "proc/$name" && mount -o remount,bind,ro "proc/$name"; }}
done
for name in {MASKED}; do
  [ ! -f "proc/$name" ] || mount --bind dev/null "proc/$name"
  [ ! -d "proc/$name" ] || mount -t tmpfs -o ro tmpfs "proc/$name"
done
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
[ ! -d sys/firmware ] || mount -t tmpfs -o ro tmpfs sys/firmware
mount -t cgroup2 -o ro cgroup2 sys/fs/cgroup || true
mount -o remount,ro .
shift 3
exec chroot . "$@"
"""


def set_of(capabilities):
    """setpriv's word for these and no others."""
    return ",".join(["-all", *("+" + name.lower() for name in sorted(capabilities))])


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Pod:
    """The daemon in it, listening on loopback. `arguments` are those of the container, less its address."""

    def __init__(self, folder, capabilities, config, arguments=("run",)):
        self.address = f"127.0.0.1:{free_port()}"
        self.log, self.out = folder / "log", folder / "events"
        for name in ("etc", "run", "root"):
            (folder / name).mkdir()
        (folder / "etc/wedged.yaml").write_text(config, encoding="utf-8")
        confined = ["setpriv", "--no-new-privs", "--inh-caps=-all", f"--bounding-set={set_of(capabilities)}"]
        with open(self.log, "wb") as log, open(self.out, "wb") as out:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--cgroup", "--uts", "--ipc", "--propagation", "private", "sh", "-c", ROOT, "pod",
                 folder / "root", folder, BINARY, *confined, "/wedged", *arguments, "--web.listen-address", self.address],
                stdin=subprocess.DEVNULL, stdout=out, stderr=log)

    def get(self, path):
        """Status and text; status 0 while nobody listens."""
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=DEADLINE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def wait_for(self, holds):
        """What holds() says as soon as it is true; else its last word, when time is over or the daemon has ended."""
        until = time.monotonic() + DEADLINE
        while True:
            ended = self.process.poll() is not None  # asked first
            last = holds()
            if last or ended or time.monotonic() > until:
                return last
            time.sleep(0.1)

    def healthy(self):
        return self.wait_for(lambda: self.get("/healthz") == (200, "ok\n"))

    def findings(self):
        """As the daemon has them now."""
        status, text = self.get("/api/v1/findings")
        return json.loads(text)["findings"] if status == 200 else []

    def finding_of(self, pid, cause, holds):
        """As soon as it was looked at, which may be after it was raised, and holds; None if that does not come in time."""
        return self.wait_for(lambda: next((finding for finding in self.findings() if finding["cause"] == cause and
                                           finding["process"]["pid"] == pid and finding["user_stack"] and holds(finding)), None))

    def effective_capabilities(self):
        """As a number; unshare, sh, chroot and setpriv have all become the daemon."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("CapEff:")).split()[1], 16)

    def said(self):
        return self.log.read_text(errors="replace")

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
