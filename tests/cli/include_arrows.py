#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the tree keeps its house rules: who may include whom, and which folder alone may do what.

Owns the rules that the compiler cannot check. Reads text only: knows no build and no compiler.
Usage: include_arrows.py [ROOT]; prints one `file:line: message` per breach, exit status 1 if there is any.
"""

import pathlib
import re
import subprocess
import sys

# Folder of userspace/ -> the folders it may include; its own is understood. daemon and main.cpp see all.
ARROWS = {
    "util": set(),
    "observation": {"util"},
    "diagnosis": {"observation", "util"},
    "policy": {"diagnosis", "observation", "util"},
    "config": {"policy", "diagnosis", "observation", "util"},
    "kernel": {"observation", "util"},
    "inspector": {"observation", "util"},
    "action": {"policy", "diagnosis", "observation", "util"},
    "state": {"policy", "diagnosis", "observation", "util"},
    "recording": {"observation", "util"},
    "report": {"action", "policy", "diagnosis", "observation", "util"},
    "web": {"report", "config", "policy", "diagnosis", "observation", "util"},
    "top": {"report", "policy", "diagnosis", "observation", "util"},
    "inject": {"util"},  # a program of its own
}
ARROWS["daemon"] = set(ARROWS) - {"inject"}

# What only some places may include: (header pattern, places, the message's noun).
SOLE_INCLUDERS = [
    (r"(bpf/.*|linux/bpf\.h|.*\.skel\.h|abi\.h)", ("kernel/", "inject/kernel_loop.cpp"), "libbpf, BPF skeletons and bpf/abi.h"),
    (r"CLI/.*", ("config/command_line.cpp", "config/check_options.cpp", "config/usage_text.cpp", "inject/command_line.cpp"), "CLI11"),
    (r"openssl/(ssl|err)\.h", ("web/tls",), "OpenSSL's TLS"),
    (r"openssl/.*|crypt\.h", ("web/tls", "web/bcrypt.cpp", "web/password_memory.cpp"), "OpenSSL and libcrypt"),
    (r"zlib\.h", ("web/gzip.cpp",), "zlib"),
    (r"prometheus/.*", ("report/",), "prometheus-cpp"),
    (r"n?curses\w*\.h", ("top/terminal.cpp",), "ncurses"),
    (r"nlohmann/.*", ("report/", "recording/", "inspector/", "state/", "top/batch.cpp"), "nlohmann-json"),
    (r"systemd/.*", ("daemon/", "action/unit_bus.cpp"), "libsystemd"),
    (r"elfutils/.*|dwarf\.h|libelf\.h|gelf\.h", ("inspector/",), "elfutils"),
    (r"seccomp\.h|sys/capability\.h", ("inspector/",), "libseccomp and libcap"),
]

# What only some places may do: (pattern, places, in strings or in code, message).
# inspector/ sends SIGKILL to its own child alone; action/spawn.cpp lowers a protection of its own child; inject/ breaks nothing but itself.
SENDERS = ("action/", "inspector/child_process.cpp", "inject/")
SOLE_DOERS = [
    (r'"/(proc|sys)\b', ("kernel/", "inspector/", "inject/", "action/spawn.cpp"), "strings", "only kernel/ and inspector/ open /proc and /sys"),
    (r"(?<![\w.>])(kill|killpg|tgkill|tkill|pidfd_send_signal|sigqueue|reboot)\s*\(", SENDERS, "code",
     "only action/ sends signals"),
    (r"\b(SYS|__NR)_(kill|tgkill|tkill|pidfd_send_signal|rt_sigqueueinfo|reboot)\b", SENDERS, "code",
     "only action/ sends signals"),
    (r"\b(process_vm_readv|process_vm_writev)\b", ("inspector/",), "code",
     "only the disposable inspector reads the memory of other processes"),
]

COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|R"\(.*?\)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])*\'', re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
NOT_OF_USERSPACE = r"abi\.h|.*\.skel\.h|.*\.inc"  # from bpf/, or generated
SPDX = {"bpf": "SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause", "": "SPDX-License-Identifier: Apache-2.0",
        "vmtest/module": "SPDX-License-Identifier: GPL-2.0-only"}  # it is linked with the kernel
SPDX_SUFFIXES = {".c", ".h", ".cpp", ".py", ".sh", ".bash", ".cmake", ".service"}
# Addresses of package mirrors and folders of one developer's machine have no place in the tree.
FOREIGN = re.compile(r"https?://(?:deb|ftp|security|snapshot|archive|mirror|registry|proxy|packages)[\w-]*\.[\w.-]+"
                     r"|(?<![\w./-])/(?:" + "work|tmp/w|" + r"root/\.\w+|Users)/")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    files = tracked_files(root)
    breaches = check(root, files)
    print("\n".join(breaches + [f"{len(files)} files checked, {len(breaches)} breaches"]))
    return 1 if breaches or not files else 0


def tracked_files(root):
    """The project's files: what git knows or would add; without git, all but build folders."""
    listed = subprocess.run(["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-co", "--exclude-standard"],
                            capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        names = [str(path.relative_to(root)) for path in root.rglob("*")]
    return sorted(name for name in names if (root / name).is_file() and not name.startswith((".git/", "build/")))


def check(root, files):
    breaches, yaml_readers = [], []
    for name in files:
        text = (root / name).read_text(encoding="utf-8", errors="replace")
        breaches += every_file(name, text)
        if name.startswith("userspace/") and name.endswith((".h", ".cpp")):
            breaches += userspace_file(name, text)
            yaml_readers += [name] * any(header.startswith("yaml-cpp/") for _, _, header in includes(text))
        if name.startswith("bpf/"):
            breaches += bpf_file(name, text)
    if len(yaml_readers) > 1:
        breaches.append(f"{yaml_readers[1]}:1: only one file includes yaml-cpp, and {yaml_readers[0]} does already")
    return breaches


def every_file(name, text):
    path = pathlib.PurePath(name)
    script = text.startswith("#!")
    if path.suffix in SPDX_SUFFIXES or script or path.name == "CMakeLists.txt":
        of_bpf = path.parts[0] == "bpf" and path.suffix in (".c", ".h")
        wanted = SPDX["bpf" if of_bpf else "vmtest/module" if name.startswith("vmtest/module/") else ""]
        if wanted not in "\n".join(text.splitlines()[:3]):
            yield f"{name}:1: '{wanted}' is missing in the first lines"
    for found in FOREIGN.finditer(text):
        yield f"{name}:{line_of(text, found.start())}: '{found.group()}' belongs to one machine, not to the project"


def userspace_file(name, text):
    place = name.removeprefix("userspace/")
    folder = place.split("/")[0] if "/" in place else "daemon"
    if folder not in ARROWS:
        yield f"{name}:1: no folder '{folder}' is planned; give it its arrows in tests/cli/include_arrows.py"
        return
    for line, quote, header in includes(text):
        target = header.split("/")[0]
        if quote == '"' and "/" not in header and not re.fullmatch(NOT_OF_USERSPACE, header):
            yield f'{name}:{line}: write includes from the userspace/ root: "folder/{header}"'
        elif quote == '"' and target in ARROWS and target != folder and target not in ARROWS[folder]:
            allowed = ", ".join(sorted(ARROWS[folder])) or "nothing"
            yield f"{name}:{line}: {folder}/ may not include {header}; it may include {allowed}"
        for pattern, places, noun in SOLE_INCLUDERS:
            if re.fullmatch(pattern, header) and not place.startswith(places):
                yield f"{name}:{line}: only {' and '.join(places)} includes {noun}"
    views = {"code": without(text, comments=True, strings=True), "strings": without(text, comments=True, strings=False)}
    for pattern, places, view, message in SOLE_DOERS:
        for found in re.finditer(pattern, views[view]):
            if not place.startswith(places):
                yield f"{name}:{line_of(text, found.start())}: {message}"


def bpf_file(name, text):
    for line, quote, header in includes(text):
        if quote == '"' and "/" in header:
            yield f"{name}:{line}: a BPF file includes its own folder's headers and libbpf's only, not {header}"


def includes(text):
    """(line, '<' or '\"', header) of each #include outside comments."""
    bare = without(text, comments=True, strings=False)
    return [(line_of(bare, found.start(2)), found.group(1), found.group(2)) for found in INCLUDE.finditer(bare)]


def without(text, *, comments, strings):
    """The text with comments or strings blanked; every character keeps its place."""
    def blank(found):
        drop = comments if found.group().startswith("/") else strings
        return re.sub(r"[^\n]", " ", found.group()) if drop else found.group()
    return COMMENT_OR_STRING.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


if __name__ == "__main__":
    sys.exit(main())
