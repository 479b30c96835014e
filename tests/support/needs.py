# SPDX-License-Identifier: Apache-2.0
"""What the tests of this folder need. Without it they are skipped, or fail with WEDGED_REQUIRE_KERNEL=1."""

import os
import unittest


def need(what, is_there):
    if is_there:
        return
    if os.environ.get("WEDGED_REQUIRE_KERNEL"):
        raise AssertionError(f"needs {what}")
    print(f"SKIPPED: needs {what}")
    raise unittest.SkipTest(f"needs {what}")


def need_kernel():
    need("root and a kernel with BTF", os.geteuid() == 0 and os.path.exists("/sys/kernel/btf/vmlinux"))
