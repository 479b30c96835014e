# SPDX-License-Identifier: Apache-2.0
"""`wedged check` asks a real daemon that wants TLS, a certificate or a password; barred, it says by what."""

import os
import pathlib
import socket
import subprocess
import tempfile
import time
import unittest

from certificates import SECRET, make_certificate, make_client, tls_section
from served import WAIT, Served, until
from daemon import BINARY
from needs import need_kernel

UNKNOWN = 3
PASSWORD = f"basic_auth_users: {{ alice: {SECRET} }}\n"
CLIENTS = "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: authority.crt\n"


def setUpModule():
    need_kernel()


class CheckCase(unittest.TestCase):
    """One daemon; each test writes its web configuration first."""

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="wedged-web-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        for name in ("server", "stranger", "authority"):
            make_certificate(cls.folder, name)
        make_certificate(cls.folder, "elsewhere", "DNS:db1.example,DNS:db2.example")
        make_client(cls.folder, "nagios", "authority")
        make_client(cls.folder, "mallory", "stranger")
        (cls.folder / "password").write_text("secret\n", encoding="utf-8")
        (cls.folder / "wrong").write_text("wrong\n", encoding="utf-8")
        cls.web = cls.folder / "web.yaml"
        cls.web.write_text("", encoding="utf-8")
        cls.served = Served(cls.folder, f", config_file: {cls.web}")
        cls.addClassCleanup(cls.served.stop)
        until(lambda: cls.served.get("/api/v1/findings").status == 200)

    def serve(self, web):
        new = self.folder / "web.new"
        new.write_text(web, encoding="utf-8")
        os.rename(new, self.web)

    def run_check(self, *words):
        patience = () if "--timeout" in words else ("--timeout", "30s")
        return subprocess.run([BINARY, "check", *patience, *map(str, words)], cwd=self.folder, capture_output=True, text=True,
                              timeout=2 * WAIT, check=False)

    def url(self, scheme="https"):
        return f"{scheme}://127.0.0.1:{self.served.port}"

    def asked(self, *words):
        """The daemon gives a verdict: the new web configuration counts a second late at most."""
        done = until(lambda: (one := self.run_check(*words)).returncode != UNKNOWN and one)
        self.assertTrue(done, self.run_check(*words))
        self.assertNotIn("looked now", done.stdout)

    def barred(self, said, *words):
        """UNKNOWN, and why."""
        done = until(lambda: said in (one := self.run_check(*words)).stdout and one)
        self.assertTrue(done, self.run_check(*words))
        self.assertEqual(done.returncode, UNKNOWN, done)
        self.assertEqual(done.stdout.count("\n"), 1)

    def own(self):
        return ["--config", self.folder / "wedged.yaml", "--pid", os.getpid()]


class ByUrl(CheckCase):
    def test_tls_is_verified_by_the_file_that_is_named(self):
        self.serve(tls_section())
        self.asked("--url", self.url(), "--ca-file", "server.crt")
        self.barred("shows a certificate that nobody has signed whom this host trusts; --ca-file FILE", "--url", self.url())
        self.barred("shows a certificate that stranger.crt does not vouch for", "--url", self.url(), "--ca-file", "stranger.crt")
        self.asked("--url", self.url(), "--insecure")

    def test_a_certificate_of_another_name_is_told_by_its_name(self):
        self.serve(tls_section(name="elsewhere"))
        trust = ["--url", self.url(), "--ca-file", "elsewhere.crt"]
        self.barred("shows a certificate of db1.example, db2.example, not of 127.0.0.1; --server-name NAME", *trust)
        self.asked(*trust, "--server-name", "db2.example")
        self.barred("not of db3.example", *trust, "--server-name", "db3.example")

    def test_a_certificate_of_who_asks_is_shown_where_it_is_wanted(self):
        for version in ("TLS12", "TLS13"):
            with self.subTest(version):
                self.serve(tls_section(CLIENTS + f"  max_version: {version}\n"))
                trust = ["--url", self.url(), "--ca-file", "server.crt"]
                self.asked(*trust, "--cert-file", "nagios.crt", "--key-file", "nagios.key")
                self.barred("wants a certificate of who asks; --cert-file FILE", *trust)
                self.barred("--cert-file", *trust, "--cert-file", "mallory.crt", "--key-file", "mallory.key")

    def test_a_password_comes_from_a_file_and_is_never_repeated(self):
        self.serve(PASSWORD)
        url = ["--url", self.url("http")]
        self.asked(*url, "--user", "alice", "--password-file", "password")
        self.barred("wants a password; --user NAME --password-file FILE", *url)
        self.barred("does not accept this user and password", *url, "--user", "alice", "--password-file", "wrong")
        done = self.run_check("--url", f"http://alice:secret@127.0.0.1:{self.served.port}")
        self.assertEqual(done.returncode, UNKNOWN)
        self.assertNotIn("secret", done.stdout)

    def test_all_of_them_together(self):
        self.serve(tls_section(CLIENTS) + PASSWORD)
        self.asked("--url", self.url(), "--ca-file", "server.crt", "--cert-file", "nagios.crt", "--key-file", "nagios.key", "--user", "alice",
                   "--password-file", "password")

    def test_the_wrong_scheme_is_told(self):
        self.serve(tls_section())
        self.barred("speaks TLS; --url https://HOST:PORT", "--url", self.url("http"))
        self.serve("")
        self.barred("speaks no TLS; ask it by http://", "--url", self.url(), "--ca-file", "server.crt")

    def test_files_that_are_none_are_named_with_their_flag(self):
        for words, said in ((["--ca-file", "none"], "--ca-file none must have certificates in PEM: it cannot be opened: No such file"),
                            (["--ca-file", "password"], "--ca-file password must have certificates in PEM"),
                            (["--cert-file", "nagios.crt", "--key-file", "mallory.key"], "--key-file mallory.key must"),
                            (["--user", "a", "--password-file", "none"], "--password-file: none: No such file")):
            self.barred(said, "--url", self.url(), *words)

    def test_a_server_that_never_finishes_the_handshake_is_given_up(self):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            began = time.monotonic()
            self.barred("TLS: no answer in time", "--timeout", "1s", "--url", f"https://127.0.0.1:{mute.getsockname()[1]}")
            self.assertLess(time.monotonic() - began, WAIT / 4)


class OfTheOwnHost(CheckCase):
    """Without flags: what the configuration and its web configuration say is enough, as far as it goes."""

    def test_tls_needs_nothing_more_whatever_name_the_certificate_has(self):
        for name in ("server", "elsewhere"):
            self.serve(tls_section(name=name))
            self.asked(*self.own(), "--no-local")

    def test_a_password_is_told_by_flags(self):
        self.serve(tls_section() + PASSWORD)
        self.asked(*self.own(), "--no-local", "--user", "alice", "--password-file", "password")
        self.barred("wants a password", *self.own(), "--no-local")

    def looked(self, why):
        def looks():
            done = self.run_check(*self.own())
            return f"({why}: looked now)" in done.stdout and done
        done = until(looks)
        self.assertTrue(done, self.run_check(*self.own()))
        self.assertEqual(done.returncode, 0, done)

    def test_barred_it_looks_and_does_not_say_that_there_is_no_daemon(self):
        self.serve(PASSWORD)
        self.looked(f"the daemon at http://127.0.0.1:{self.served.port} wants a password")
        self.serve(tls_section(CLIENTS))
        self.looked(f"the daemon at https://127.0.0.1:{self.served.port} wants a certificate of who asks")

    def test_somebody_else_in_the_daemons_place_is_not_believed(self):
        self.serve(tls_section())
        text = (self.folder / "wedged.yaml").read_text(encoding="utf-8")
        other = self.folder / "other"
        other.mkdir()
        for file in ("stranger.crt", "stranger.key"):
            (other / file).write_bytes((self.folder / file).read_bytes())
        (other / "web.yaml").write_text(tls_section(name="stranger"), encoding="utf-8")
        (other / "wedged.yaml").write_text(text.replace(str(self.web), str(other / "web.yaml")), encoding="utf-8")
        self.barred("shows another certificate than the one that its web configuration names", "--no-local", "--config", other / "wedged.yaml")


if __name__ == "__main__":
    unittest.main()
