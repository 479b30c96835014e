# SPDX-License-Identifier: Apache-2.0
"""The stacks that `wedged why` reads without stopping a process are those that gdb reads of it when it is stopped.

Of every thread of real servers that are idle. What counts is a frame that is on the stack and that gdb can name:
- not what gdb adds by DWARF alone, calls that were inlined or that a jump replaced: the stack does not have them;
- not code compiled at run time, which gdb cannot name. What gdb makes up behind such code counts, against wedged;
- not a thread that is elsewhere in its code when gdb comes, by its program counter alone, time and again.
The frame must be at the same place, have the same return address, and the same function: by name without parameters,
template arguments, version and leading underscores, or by the address where it begins, since a function has many names.
"""

import contextlib
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from needs import need, need_kernel  # noqa: E402  pylint: disable=wrong-import-position
from servers import Servers  # noqa: E402  pylint: disable=wrong-import-position
from stacks import Count, compare, stacks_of_gdb, stacks_of_wedged  # noqa: E402  pylint: disable=wrong-import-position

PATIENCE = 60  # seconds; for a machine under load, not a promise
ENOUGH = 0.95
ATTEMPTS = 4


def setUpModule():
    need_kernel()
    need("gdb", shutil.which("gdb"))


def compared_process(pid):
    """{tid: Count}. Who was elsewhere in its code is looked at again; who was compared is not, whatever came out."""
    counts = {}
    for _ in range(ATTEMPTS):
        ours = stacks_of_wedged(pid)
        now = compare(ours, stacks_of_gdb(pid))
        counts = {**counts, **{tid: count for tid, count in now.items() if tid not in counts or counts[tid].left_out}}
        if not any(count.left_out for count in counts.values()):
            break
    return counts


def compared(server):
    return sum((count for pid in sorted(server.pids()) for count in compared_process(pid).values()), Count())


def line_of(name, count):
    share = 100 * count.same / max(count.frames, 1)
    return (f"{name:14} {count.same:4} of {count.frames:4} frames the same ({share:5.1f} %), "
            f"{count.threads - count.left_out} of {count.threads} threads compared")


class GdbParity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="wedged-stacks-") as folder, contextlib.ExitStack() as cleanups:
            servers = Servers(pathlib.Path(folder))
            cleanups.callback(servers.stop)
            cls.silent = servers.wait_until_all_answer(PATIENCE)
            servers.wait_until_idle(PATIENCE)
            cls.counts = {server.name: compared(server) for server in servers.all}
        cls.total = sum(cls.counts.values(), Count())
        for name, count in [*cls.counts.items(), ("in total", cls.total)]:
            print(line_of(name, count))

    def test_of_the_frames_that_gdb_names_wedged_gives_nearly_all_the_same_function(self):
        self.assertGreaterEqual(self.total.same, ENOUGH * self.total.frames, "\n".join(map(str, self.total.different)))

    def test_it_is_about_most_threads_of_every_server_that_is_installed(self):
        need("a server", self.counts)
        self.assertEqual(self.silent, [])
        for name, count in self.counts.items():
            with self.subTest(name):
                self.assertTrue(count.frames)
                self.assertGreater(2 * (count.threads - count.left_out), count.threads)


if __name__ == "__main__":
    unittest.main()
