# SPDX-License-Identifier: Apache-2.0
"""Debian packages without installing any: an apt state of our own, downloads, `dpkg -x`.

Owns the private apt state. The system's sources, lists and packages are read, never changed.
"""

import functools
import fnmatch
import os
import shutil
import subprocess

from . import paths
from .say import Trouble, say

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def mirrors():
    """(archive, security archive) as the system's own apt configuration names them."""
    form = "$(CODENAME) $(COMPONENT) $(REPO_URI)"
    listed = subprocess.run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"],
                            capture_output=True, text=True, check=False).stdout
    main, security = os.environ.get("WEDGED_VM_MIRROR"), None
    for line in listed.splitlines():
        suite, component, uri = line.split()
        if component == "main" and uri.rstrip("/").endswith("/debian") and not main:
            main = uri
        if component == "main" and suite.endswith("-security") and "debian" in uri:
            security = uri
    if not main:
        raise Trouble("no Debian archive in this system's apt configuration; set WEDGED_VM_MIRROR to a mirror's address")
    return main, security or main.rstrip("/") + "-security"


class State:
    """One private apt state for some suites; `status` is what apt believes to be installed already."""

    def __init__(self, suites, status="/var/lib/dpkg/status"):
        self.suites, self.status = sorted(suites), status
        self.folder = paths.cache() / "apt" / "+".join(self.suites)
        self.fresh = False

    def _options(self):
        settings = {
            "Dir::Etc::SourceList": self.folder / "sources.list", "Dir::Etc::SourceParts": "/nonexistent",
            "Dir::Etc::Preferences": "/nonexistent", "Dir::Etc::PreferencesParts": "/nonexistent",
            "Dir::State": self.folder / "state", "Dir::State::Lists": self.folder / "lists",
            "Dir::State::status": self.status, "Dir::Cache": self.folder / "cache",
            "Debug::NoLocking": "1", "APT::Sandbox::User": "", "Acquire::Retries": "3", "Acquire::Languages": "none",
        }
        return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]

    def _run(self, tool, *words, **more):
        done = subprocess.run([tool, *self._options(), *words], capture_output=True, text=True, check=False, **more)
        if done.returncode:
            raise Trouble(f"{tool} {' '.join(words)} failed:\n{done.stderr.strip()}")
        return done.stdout

    def update(self):
        """Fetches the package lists, once per run."""
        if self.fresh:
            return
        if not os.path.exists(KEYRING):
            raise Trouble(f"{KEYRING} is missing; install the package debian-archive-keyring")
        main, security = mirrors()
        for part in ("state", "lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        sources = [f"deb [signed-by={KEYRING}] {security if suite.endswith('-security') else main} {suite} main"
                   for suite in self.suites]
        (self.folder / "sources.list").write_text("\n".join(sources) + "\n", encoding="ascii")
        say(f"apt: reading the package lists of {', '.join(self.suites)}")
        self._run("apt-get", "update", "-qq")
        self.fresh = True

    def newest(self, pattern):
        """(package, version) of the newest package whose name matches the pattern."""
        self.update()
        prefix = pattern.split("*")[0]
        names = [name for name in self._run("apt-cache", "pkgnames", prefix).split() if fnmatch.fnmatch(name, pattern)]
        if not names:
            raise Trouble(f"no package matches {pattern} in {', '.join(self.suites)}")
        known = []
        for record in self._run("apt-cache", "show", "--no-all-versions", *names).split("\n\n"):
            fields = dict(line.split(": ", 1) for line in record.splitlines() if ": " in line and line[0] != " ")
            if fields:
                known.append((fields["Package"], fields["Version"]))
        return max(known, key=functools.cmp_to_key(lambda a, b: _compare(a[1], b[1])))

    def depends(self, package):
        """What a package (NAME=VERSION) says that it depends on."""
        self.update()
        record = self._run("apt-cache", "show", package).split("\n\n")[0]
        return next((line for line in record.splitlines() if line.startswith("Depends: ")), "")

    def unpack(self, packages, into, *, closure=False, release=None):
        """Downloads and unpacks packages (with closure: and what they need that is not installed) into a folder."""
        self.update()
        if closure:
            archives = self._with_dependencies(packages, release)
        else:
            archives = self._alone(packages)
        into.mkdir(parents=True, exist_ok=True)
        for archive in archives:
            subprocess.run(["dpkg", "-x", archive, into], check=True)
            archive.unlink()
        say(f"unpacked {len(archives)} packages for {' '.join(packages)}")

    def _alone(self, packages):
        place = self.folder / "cache" / "alone"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        self._run("apt-get", "download", "-qq", *packages, cwd=place)
        return sorted(place.glob("*.deb"))

    def _with_dependencies(self, packages, release):
        place = self.folder / "cache" / "archives"
        for old in place.glob("*.deb"):
            old.unlink()
        wanted = ["-t", release] if release else []
        self._run("apt-get", "install", "-qq", "--download-only", "--reinstall", "--no-install-recommends", *wanted, *packages)
        return sorted(place.glob("*.deb"))


_states = {}


def state(suites, status="/var/lib/dpkg/status"):
    """The state for these suites; its lists are read once per run of the harness."""
    key = (*sorted(suites), str(status))
    if key not in _states:
        _states[key] = State(suites, status)
    return _states[key]


def _compare(left, right):
    if left == right:
        return 0
    newer = subprocess.run(["dpkg", "--compare-versions", left, "gt", right], check=False).returncode == 0
    return 1 if newer else -1
