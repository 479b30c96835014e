# SPDX-License-Identifier: Apache-2.0
"""What `cmake --install` puts where: all that the documentation names, nothing else, and all of it usable from there."""

import glob
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

from wedged import SOURCE, need

BUILD = pathlib.Path(os.environ.get("WEDGED_BUILD", str(SOURCE / "build/release")))
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# Pages that lead into the source, which is not installed.
OF_THE_SOURCE = {"CONTRIBUTING.md", "scripts/packages", "packaging/man/wedged.yaml.5", "packaging/examples/web.yaml", "dashboards/rules/fleet.yml",
                 "dashboards/rules/alerts.yml"}


def install(prefix, destination=""):
    done = subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], env={**os.environ, "DESTDIR": str(destination)},
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(done)


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="wedged-install-")
        cls.addClassCleanup(holder.cleanup)
        cls.top = pathlib.Path(holder.name)
        install("/usr", cls.top)
        cls.files = sorted(path for path in cls.top.rglob("*") if not path.is_dir())

    def at(self, path):
        return self.top / path.lstrip("/")

    def found(self, pattern):
        return [pathlib.Path(name) for name in glob.glob(str(self.at(pattern)))]

    def test_the_list_in_the_manual_is_what_is_installed(self):
        text = (SOURCE / "docs/operations.md").read_text(encoding="utf-8")
        section = text[text.index("## What is installed"):].split("\n## ")[0]
        listed = re.findall(r"`(/usr/[^`]+)`", section)
        self.assertGreater(len(listed), 10)
        for path in listed:
            self.assertTrue(self.found(path), f"{path} is listed and not installed")
        places = [place for path in listed for place in self.found(path)]
        strays = [str(file) for file in self.files if not any(file == place or place in file.parents for place in places)]
        self.assertEqual(strays, [], "installed and not listed")

    def test_whatever_the_source_has_of_these_is_there(self):
        """A new page, rule or dashboard is not forgotten."""
        for folder, pattern, to in (("docs", "**/*.*", "/usr/share/doc/wedged/docs"), ("dashboards/grafana", "*.json", "/usr/share/wedged/dashboards"),
                                    ("dashboards/rules", "*.yml", "/usr/share/wedged/prometheus/rules"),
                                    ("packaging/prometheus", "**/*.yml", "/usr/share/wedged/prometheus"),
                                    ("packaging", "*.schema.json", "/usr/share/wedged"), ("packaging/man", "*.8", "/usr/share/man/man8"),
                                    ("packaging/man", "*.5", "/usr/share/man/man5"), ("packaging/examples", "**/*", "/usr/share/doc/wedged/examples"),
                                    ("packaging/kubernetes", "*", "/usr/share/doc/wedged/examples/kubernetes")):
            sources = [path for path in (SOURCE / folder).glob(pattern) if path.is_file()]
            self.assertGreater(len(sources), 0, folder)
            for source in sources:
                copy = self.at(to) / source.relative_to(SOURCE / folder)
                self.assertTrue(copy.is_file(), f"{source} is not at {copy}")
                self.assertEqual(copy.read_bytes(), source.read_bytes())

    def test_every_path_that_pages_and_examples_name_exists(self):
        named = re.compile(r"/usr/(?:sbin|share|lib)/(?:[\w.-]+/)*wedged[\w.-]*(?:/[\w.-]+)*")
        count = 0
        for page in (SOURCE / "docs").rglob("*.md"), (SOURCE / "packaging").rglob("*"), (SOURCE / "userspace").rglob("*.[ch]*"):
            for file in page:
                if not file.is_file():
                    continue
                for path in named.findall(file.read_text(encoding="utf-8", errors="replace").replace("\\-", "-")):
                    path = path.rstrip(".")
                    self.assertTrue(self.at(path).exists(), f"{file}: {path}")
                    count += 1
        self.assertGreater(count, 10)

    def test_links_between_installed_pages_work(self):
        doc = self.at("/usr/share/doc/wedged")
        count = 0
        for page in doc.rglob("*.md"):
            for link in LINK.findall(page.read_text(encoding="utf-8")):
                target = pathlib.Path(os.path.normpath(page.parent / link))
                if "://" in link or str(target.relative_to(doc)) in OF_THE_SOURCE:
                    continue
                self.assertTrue(target.exists(), f"{page}: {link}")
                count += 1
        self.assertGreater(count, 50)

    def test_all_can_read_it_and_scripts_can_be_run(self):
        for file in self.files:
            mode = stat.S_IMODE(file.stat().st_mode)
            script = file.read_bytes()[:2] == b"#!" or "sbin" in file.parts
            self.assertEqual(oct(mode), oct(0o755 if script else 0o644), file)

    def test_programs_start(self):
        for name in ("wedged", "wedged-inject"):
            done = subprocess.run([self.at("/usr/sbin") / name, "--version"], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done)

    def test_configurations_of_prometheus_find_their_rules_and_targets(self):
        need("promtool", shutil.which("promtool"))
        # With the files of certificates and tokens that a configuration names it would look for those, too.
        for name in ("hosts.yml", "prometheus.yml"):
            done = subprocess.run(["promtool", "check", "config", "--syntax-only", self.at("/usr/share/wedged/prometheus") / name],
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done)
        rules = self.found("/usr/share/wedged/prometheus/rules/*.yml")
        done = subprocess.run(["promtool", "check", "rules", *rules], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done)

    def test_an_image_can_have_the_programs_alone(self):
        with tempfile.TemporaryDirectory(prefix="wedged-install-") as name:
            subprocess.run(["cmake", "--install", BUILD, "--component", "programs", "--prefix", "/usr"], env={**os.environ, "DESTDIR": name},
                           capture_output=True, check=True)
            files = {str(path.relative_to(name)) for path in pathlib.Path(name).rglob("*") if path.is_file()}
            self.assertEqual(files, {"usr/sbin/wedged", "usr/sbin/wedged-inject"})


class Unit(unittest.TestCase):
    def installed(self, prefix):
        install(prefix)
        return pathlib.Path(prefix) / "lib/systemd/system/wedged.service"

    def test_it_starts_the_program_that_is_installed_with_it(self):
        with tempfile.TemporaryDirectory(prefix="wedged-install-") as prefix:
            unit = self.installed(prefix).read_text(encoding="utf-8")
            [command] = re.findall(r"^ExecStart=(\S+) run$", unit, re.M)
            self.assertEqual(command, f"{prefix}/sbin/wedged")
            self.assertTrue(os.access(command, os.X_OK))

    def test_systemd_finds_nothing_wrong_with_it(self):
        need("systemd-analyze", shutil.which("systemd-analyze"))
        with tempfile.TemporaryDirectory(prefix="wedged-install-") as prefix:
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", self.installed(prefix)], capture_output=True, text=True, check=False)
            told = [line for line in done.stderr.splitlines() if "wedged.service" in line]
            self.assertEqual(told, [], done)

    def test_for_a_package_it_is_as_it_stands_in_the_source(self):
        with tempfile.TemporaryDirectory(prefix="wedged-install-") as name:
            install("/usr", name)
            unit = pathlib.Path(name, "usr/lib/systemd/system/wedged.service")
            self.assertEqual(unit.read_text(encoding="utf-8"), (SOURCE / "packaging/wedged.service").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
