# SPDX-License-Identifier: Apache-2.0
"""The cases: which there are, how long each may take, and what a run's output says about each."""

import dataclasses
import re

from . import paths
from .say import Trouble

DEFAULT_LIMIT = 120
INITS = ["own", "systemd"]


@dataclasses.dataclass
class Result:
    """How one case ended: pass, fail, or lost (the VM went away before it could end)."""
    case: str
    verdict: str = "lost"
    seconds: float = 0.0
    lines: list = dataclasses.field(default_factory=list)


def names():
    """All cases; `environment` first, so that a guest that lacks something says so before anything else. Last those that harm
    their kernel, which say so in their head: `# goes last: REASON`."""
    found = sorted(path.name for path in (paths.VMTEST / "cases").iterdir() if path.is_file())
    return sorted(found, key=lambda name: (name != "environment", goes_last(name)))


def chosen(wanted, of=None):
    """Those with these names, or all; of these, those with that process 1, or all."""
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        raise Trouble(f"no case '{unknown[0]}'; there are: {' '.join(names())}")
    return [name for name in names() if (name in wanted or not wanted) and of in (None, init(name))]


def purpose(name):
    """The first comment line of a case that says what it is about."""
    lines = (paths.VMTEST / "cases" / name).read_text().splitlines()
    told = (line.lstrip("# ") for line in lines if re.match(r"#(?! (SPDX|deadline:|init:|goes last:))", line))
    return next(told, "")


def limit(name):
    found = re.search(r"^# deadline: *(\d+)", (paths.VMTEST / "cases" / name).read_text(), re.M)
    return int(found.group(1)) if found else DEFAULT_LIMIT


def init(name):
    """What is process 1 of the guest: `# init: systemd`, else a script of our own."""
    found = re.search(r"^# init: *(\w+)", (paths.VMTEST / "cases" / name).read_text(), re.M)
    if found and found.group(1) not in INITS:
        raise Trouble(f"case {name}: no init '{found.group(1)}'; there are: {' '.join(INITS)}")
    return found.group(1) if found else INITS[0]


def goes_last(name):
    return re.search(r"^# goes last:", (paths.VMTEST / "cases" / name).read_text(), re.M) is not None


class Follower:
    """Reads a guest's output while it grows and tells of each case's end as it comes."""

    def __init__(self, output, tell):
        self.output, self.tell = output, tell
        self.position, self.rest = 0, ""
        self.results, self.current, self.stray = {}, None, []

    def poll(self):
        """True if the guest said something since the last poll."""
        if not self.output.exists():
            return False
        with open(self.output, "rb") as file:
            file.seek(self.position)
            data = file.read()
        self.position += len(data)
        *lines, self.rest = (self.rest + data.decode(errors="replace").replace("\r", "")).split("\n")
        for line in lines:
            self._take(line)
        return bool(data)

    def _take(self, line):
        words = line.split()
        if line.startswith("@case "):
            self.current = self.results.setdefault(words[1], Result(words[1]))
        elif line.startswith("@verdict ") and len(words) == 5:
            self.current.verdict, self.current.seconds = words[2], float(words[4]) - float(words[3])
            self.tell(self.current)
            self.current = None
        elif not line.startswith("@"):
            (self.current.lines if self.current else self.stray).append(line)
