# SPDX-License-Identifier: Apache-2.0
"""The rules of include_arrows.py on small trees: each breach is found, at its place, and the innocent passes."""

import pathlib
import tempfile
import unittest

import include_arrows

APACHE = "// SPDX-License-Identifier: Apache-2.0\n"
BPF = "// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause\n"


def breaches(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        return list(include_arrows.check(root, sorted(files)))


class IncludeArrows(unittest.TestCase):
    def assert_breach(self, name, text, *expected):
        found = breaches({name: text})
        self.assertEqual(len(found), 1, found)
        for part in (name, *expected):
            self.assertIn(part, found[0])

    def assert_innocent(self, name, text):
        self.assertEqual(breaches({name: text}), [])

    def test_an_include_along_an_arrow_is_innocent(self):
        self.assert_innocent("userspace/policy/a.cpp", APACHE + '#include "diagnosis/b.h"\n#include "policy/a.h"\n')
        self.assert_innocent("userspace/main.cpp", APACHE + '#include "daemon/daemon.h"\n#include "kernel/probes.h"\n')

    def test_an_include_against_an_arrow_is_found_with_its_line(self):
        self.assert_breach("userspace/observation/a.h", APACHE + '\n#include "policy/b.h"\n', ":3:", "observation/ may not")
        self.assert_breach("userspace/report/a.h", APACHE + '#include "kernel/b.h"\n', ":2:", "report/ may not")
        self.assert_breach("userspace/kernel/a.h", APACHE + '#include "diagnosis/b.h"\n', "kernel/ may not")

    def test_an_include_in_a_comment_is_innocent(self):
        self.assert_innocent("userspace/util/a.h", APACHE + '// #include "policy/b.h"\n/*\n#include "kernel/c.h"\n*/\n')

    def test_a_relative_include_is_found(self):
        self.assert_breach("userspace/util/a.cpp", APACHE + '#include "a.h"\n', "from the userspace/ root")

    def test_a_folder_without_arrows_is_found(self):
        self.assert_breach("userspace/helpers/a.h", APACHE, "no folder 'helpers'")

    def test_libraries_are_included_in_their_one_place_only(self):
        for header in ("bpf/libbpf.h", "linux/bpf.h"):
            self.assert_innocent("userspace/kernel/a.cpp", APACHE + f"#include <{header}>\n")
            self.assert_breach("userspace/daemon/a.cpp", APACHE + f"#include <{header}>\n", "only kernel/")
        self.assert_innocent("userspace/config/command_line.cpp", APACHE + "#include <CLI/CLI.hpp>\n")
        self.assert_innocent("userspace/inject/command_line.cpp", APACHE + "#include <CLI/CLI.hpp>\n")
        self.assert_breach("userspace/config/other.cpp", APACHE + "#include <CLI/CLI.hpp>\n", "CLI11")
        self.assert_breach("userspace/inject/other.cpp", APACHE + "#include <CLI/CLI.hpp>\n", "CLI11")
        self.assert_innocent("userspace/web/tls.cpp", APACHE + "#include <openssl/ssl.h>\n")
        self.assert_breach("userspace/web/bcrypt.cpp", APACHE + "#include <openssl/ssl.h>\n", "OpenSSL's TLS")
        self.assert_breach("userspace/report/metrics.cpp", APACHE + "#include <crypt.h>\n", "libcrypt")

    def test_json_is_included_where_values_leave_the_process_only(self):
        for place in ("report/a.cpp", "recording/a.cpp", "inspector/protocol.cpp"):
            if place.split("/", maxsplit=1)[0] in include_arrows.ARROWS:
                self.assert_innocent(f"userspace/{place}", APACHE + "#include <nlohmann/json.hpp>\n")
        self.assert_breach("userspace/policy/a.cpp", APACHE + "#include <nlohmann/json.hpp>\n", "nlohmann-json")

    def test_strangers_files_are_parsed_in_the_inspector_only(self):
        for header in ("elfutils/libdwfl.h", "gelf.h", "seccomp.h", "sys/capability.h"):
            self.assert_innocent("userspace/inspector/a.cpp", APACHE + f"#include <{header}>\n")
            self.assert_breach("userspace/kernel/a.cpp", APACHE + f"#include <{header}>\n", "only inspector/")
        self.assert_innocent("userspace/inspector/memory.cpp", APACHE + "::process_vm_readv(1, a, 1, b, 1, 0);\n")
        self.assert_breach("userspace/kernel/a.cpp", APACHE + "process_vm_readv(1, a, 1, b, 1, 0);\n", "inspector")

    def test_the_inspector_reads_values_only_and_is_used_by_the_daemon_only(self):
        self.assert_breach("userspace/inspector/a.cpp", APACHE + '#include "kernel/procfs.h"\n', "inspector/ may not")
        self.assert_breach("userspace/report/a.cpp", APACHE + '#include "inspector/inspector.h"\n', "report/ may not")
        self.assert_innocent("userspace/daemon/a.cpp", APACHE + '#include "inspector/inspector.h"\n')

    def test_what_provokes_hangs_uses_nothing_of_the_daemon_and_is_used_by_nothing_of_it(self):
        self.assert_innocent("userspace/inject/a.cpp", APACHE + '#include "util/fd.h"\n#include "inject/a.h"\n')
        self.assert_breach("userspace/inject/a.cpp", APACHE + '#include "observation/task.h"\n', "inject/ may not")
        self.assert_breach("userspace/daemon/a.cpp", APACHE + '#include "inject/a.h"\n', "daemon/ may not")
        self.assert_breach("userspace/main.cpp", APACHE + '#include "inject/a.h"\n', "daemon/ may not")

    def test_what_provokes_hangs_looks_at_and_signals_its_own_processes(self):
        self.assert_innocent("userspace/inject/a.cpp", APACHE + 'kill(child, 9); open("/proc/self/task");\n')
        self.assert_breach("userspace/inject/a.cpp", APACHE + "process_vm_readv(1, a, 1, b, 1, 0);\n", "inspector")

    def test_a_recording_knows_observations_and_nothing_of_judging(self):
        self.assert_innocent("userspace/recording/a.cpp", APACHE + '#include "observation/snapshot.h"\n')
        self.assert_breach("userspace/recording/a.cpp", APACHE + '#include "diagnosis/finding.h"\n', "recording/ may not")

    def test_the_shared_header_is_included_by_kernel_and_bpf_only(self):
        self.assert_innocent("userspace/kernel/decode.cpp", APACHE + '#include "abi.h"\n')
        self.assert_innocent("bpf/scan.bpf.c", BPF + '#include "abi.h"\n#include <bpf/bpf_helpers.h>\n')
        self.assert_breach("userspace/observation/task.h", APACHE + '#include "abi.h"\n', "only kernel/")
        self.assert_breach("bpf/scan.bpf.c", BPF + '#include "../userspace/util/fd.h"\n', "own folder")

    def test_a_second_reader_of_yaml_is_found(self):
        found = breaches({f"userspace/config/{name}.cpp": APACHE + "#include <yaml-cpp/yaml.h>\n" for name in "ab"})
        self.assertEqual(len(found), 1)
        self.assertIn("userspace/config/b.cpp", found[0])

    def test_proc_is_opened_in_kernel_and_inspector_only(self):
        self.assert_innocent("userspace/inspector/target.cpp", APACHE + 'auto path = "/proc/self/stat";\n')
        self.assert_innocent("userspace/kernel/procfs.cpp", APACHE + 'auto path = "/proc/self/stat";\n')
        self.assert_innocent("userspace/util/text.cpp", APACHE + '// "/proc/self/stat" is not read here\n')
        self.assert_innocent("userspace/util/text.cpp", APACHE + 'auto path = "/system/process";\n')
        self.assert_breach("userspace/util/text.cpp", APACHE + 'auto path = "/proc/self/stat";\n', ":2:")
        self.assert_breach("userspace/daemon/daemon.cpp", APACHE + 'auto path = "/sys/fs/cgroup";\n', ":2:")

    def test_signals_are_sent_by_action_only(self):
        for call in ("kill(pid, 9)", "::kill(pid, 9)", "pidfd_send_signal(fd, 9, nullptr, 0)", "syscall(SYS_tgkill, 1, 2, 9)"):
            self.assert_innocent("userspace/action/killer.cpp", APACHE + call + ";\n")
            self.assert_innocent("userspace/inspector/child_process.cpp", APACHE + call + ";\n")
            self.assert_breach("userspace/inspector/inspector.cpp", APACHE + call + ";\n", "only action/")
            self.assert_breach("userspace/daemon/daemon.cpp", APACHE + call + ";\n", "only action/")
        self.assert_innocent("userspace/daemon/daemon.cpp", APACHE + 'killer.kill(task); log("kill(2) failed");\n')

    def test_a_file_without_its_licence_line_is_found(self):
        self.assert_breach("userspace/util/a.h", "#pragma once\n", "Apache-2.0")
        self.assert_breach("bpf/a.bpf.c", APACHE, "GPL-2.0-only OR BSD-2-Clause")
        self.assert_breach("scripts/do", "#!/bin/sh\n", "Apache-2.0")
        self.assert_innocent("README.md", "wedged\n")

    def test_addresses_of_mirrors_and_private_folders_are_found(self):
        self.assert_breach("docs/a.md", "\nsee http://deb" + ".example.org/debian\n", ":2:", "belongs to one machine")
        self.assert_breach("docs/a.md", "in /wo" + "rk/main/x\n", ":1:")
        self.assert_innocent("docs/a.md", "https://www.kernel.org/doc and ./network/x and /srv/work/x\n")


if __name__ == "__main__":
    unittest.main()
