# SPDX-License-Identifier: Apache-2.0
"""The guest whose process 1 is Debian's systemd: what the initramfs needs beside the others'.

Few units: the targets that every service depends on, the system bus, and one service that runs the cases. No journal, no
udev, no login: the cases do not need them, and each costs seconds in emulation.
"""

import shutil

from . import image, paths, tools

PROGRAMS = ["systemd", "systemctl", "busctl", "dbus-daemon"]
UNITS = ["basic.target", "sysinit.target", "shutdown.target", "sockets.target", "multi-user.target", "dbus.service", "dbus.socket"]
# Any will do. Without one systemd takes this for a first boot and makes presets of all units.
MACHINE_ID = "0123456789abcdef0123456789abcdef"


def add(root):
    """Into the root of an initramfs that holds a payload in /vm."""
    bundle = tools.bundle("systemd")
    for name in PROGRAMS:
        image.with_libraries(tools.program("systemd", name), root / "vm", "systemd", name=name)
    for folder in ("usr/bin", "usr/sbin", "usr/share", "lib/systemd/system", "etc/systemd/system", "etc/wedged", "var/lib"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "lib/systemd/systemd").symlink_to("/vm/bin/systemd")
    (root / "usr/bin/dbus-daemon").symlink_to("/vm/bin/dbus-daemon")
    (root / "usr/bin/busctl").symlink_to("/vm/bin/busctl")
    (root / "usr/sbin/wedged").symlink_to("/vm/bin/wedged")
    (root / "var/run").symlink_to("/run")
    for name in UNITS:
        shutil.copy2(bundle / "lib/systemd/system" / name, root / "lib/systemd/system" / name)
    shutil.copytree(bundle / "usr/share/dbus-1", root / "usr/share/dbus-1")
    for unit in (paths.VMTEST / "guest/units").iterdir():
        shutil.copy2(unit, root / "etc/systemd/system" / unit.name)
    shutil.copy2(paths.ROOT / "packaging/wedged.service", root / "lib/systemd/system/wedged.service")
    (root / "etc/machine-id").write_text(MACHINE_ID + "\n")
    _append(root / "etc/passwd", "messagebus:x:101:101::/nonexistent:/bin/false\n")
    _append(root / "etc/group", "messagebus:x:101:\n")


def _append(path, text):
    with open(path, "a", encoding="ascii") as file:
        file.write(text)
