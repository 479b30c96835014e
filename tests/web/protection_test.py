# SPDX-License-Identifier: Apache-2.0
"""TLS, client certificates and passwords of a real daemon, as a web configuration says, also while that changes."""

import base64
import concurrent.futures
import http.client
import itertools
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import tempfile
import unittest

from certificates import OTHER, QUICK, SECRET, make_certificate, make_client, tls_section
from served import WAIT, Served, trusting, until
from daemon import BINARY, SOURCE
from needs import need, need_kernel

EXAMPLE = SOURCE / "packaging/examples/web.yaml"


def setUpModule():
    need_kernel()


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class Protected(unittest.TestCase):
    """One daemon; each test writes its web configuration and waits until it is in force."""

    marks = itertools.count(1)

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="wedged-web-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        for name in ("server", "renewed", "authority", "stranger"):
            make_certificate(cls.folder, name)
        make_client(cls.folder, "prometheus", "authority")
        make_client(cls.folder, "mallory", "stranger")
        cls.web = cls.folder / "web.yaml"
        cls.web.write_text(tls_section(), encoding="utf-8")
        cls.served = Served(cls.folder, f", config_file: {cls.web}")
        cls.addClassCleanup(cls.served.stop)

    def configure(self, text):
        mark = f"configuration {next(self.marks)}"
        marked = text + f"http_server_config: {{ headers: {{ X-XSS-Protection: {mark} }} }}\n"
        new = self.folder / "web.new"
        new.write_text(marked, encoding="utf-8")
        os.rename(new, self.web)
        return mark

    def client(self, name=None, server="server"):
        own = () if name is None else (self.folder / f"{name}.crt", self.folder / f"{name}.key")
        return trusting(self.folder / f"{server}.crt", *own)

    def status(self, path="/healthz", headers=None, tls=None):
        """0: TLS was refused."""
        try:
            return self.served.get(path, headers, tls).status
        except (ssl.SSLError, ConnectionError, http.client.HTTPException):
            return 0

    def apply(self, text, tls=None, headers=None):
        """Until an answer comes with the header of this configuration."""
        mark = self.configure(text)

        def in_force():
            try:
                return self.served.get("/healthz", headers, tls).headers["X-XSS-Protection"] == mark
            except (ssl.SSLError, ConnectionError, http.client.HTTPException):
                return False
        self.assertTrue(until(in_force), "the new web configuration is not in force")

    def log(self):
        return self.served.daemon.log.read_text(errors="replace")

    def test_tls_serves_and_plain_http_is_told_so(self):
        self.apply(tls_section(), self.client())
        self.assertEqual(self.status(tls=self.client()), 200)
        plain = self.served.get("/healthz")
        self.assertEqual((plain.status, plain.text), (400, "Client sent an HTTP request to an HTTPS server.\n"))
        self.assertIn("https://127.0.0.1", self.log())

    def test_versions_are_as_said(self):
        self.apply(tls_section("  min_version: TLS13\n"), self.client())
        older = self.client()
        older.maximum_version = ssl.TLSVersion.TLSv1_2
        self.assertEqual(self.status(tls=older), 0)
        self.apply(tls_section("  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n"), older)
        other = self.client()
        other.maximum_version = ssl.TLSVersion.TLSv1_2
        other.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
        self.assertEqual(self.status(tls=other), 0)

    def test_client_certificates_are_asked_for_as_said(self):
        known, stranger, nobody = self.client("prometheus"), self.client("mallory"), self.client()
        # By whom is let in: who is known, who is not, who shows none.
        expected = {"NoClientCert": (200, 200, 200), "RequestClientCert": (200, 200, 200), "RequireAnyClientCert": (200, 200, 0),
                    "VerifyClientCertIfGiven": (200, 0, 200), "RequireAndVerifyClientCert": (200, 0, 0)}
        for word, statuses in expected.items():
            authority = "  client_ca_file: authority.crt\n" if "Verify" in word else ""
            self.apply(tls_section(f"  client_auth_type: {word}\n{authority}"), known)
            self.assertEqual(tuple(self.status(tls=one) for one in (known, stranger, nobody)), statuses, word)

    def test_one_certificate_that_signs_nothing_can_be_the_only_one_that_is_let_in(self):
        pinned = self.client("prometheus")
        self.apply(tls_section("  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: prometheus.crt\n"), pinned)
        self.assertEqual((self.status(tls=pinned), self.status(tls=self.client("mallory")), self.status(tls=self.client())), (200, 0, 0))

    def test_a_certificate_that_was_renewed_is_used_at_once(self):
        for kind in ("crt", "key"):
            (self.folder / f"changing.{kind}").write_bytes((self.folder / f"server.{kind}").read_bytes())
        self.apply(tls_section(name="changing"), self.client())
        for kind in ("crt", "key"):
            (self.folder / f"new.{kind}").write_bytes((self.folder / f"renewed.{kind}").read_bytes())
            os.rename(self.folder / f"new.{kind}", self.folder / f"changing.{kind}")
        self.assertTrue(until(lambda: self.status(tls=self.client(server="renewed")) == 200))

    def test_passwords_are_asked_for_on_every_path(self):
        self.apply(f"basic_auth_users:\n  alice: {SECRET}\n", headers=basic("alice", "secret"))
        for path in ("/", "/metrics", "/healthz", "/api/v1/findings", "/nothing"):
            self.assertEqual(self.status(path), 401, path)
            self.assertEqual(self.status(path, basic("alice", "wrong")), 401, path)
            self.assertNotEqual(self.status(path, basic("alice", "secret")), 401, path)
        for headers in (basic("mallory", "secret"), basic("", ""), {"Authorization": "Bearer secret"}, {"Authorization": "Basic ###"}):
            self.assertEqual(self.status(headers=headers), 401, headers)
        self.assertTrue(self.served.get("/").headers["WWW-Authenticate"].startswith("Basic realm="))

    def test_a_changed_password_counts_at_once(self):
        self.apply(f"basic_auth_users: {{ alice: {SECRET} }}\n", headers=basic("alice", "secret"))
        self.apply(f"basic_auth_users: {{ alice: {OTHER} }}\n", headers=basic("alice", "other"))
        self.assertEqual(self.status(headers=basic("alice", "secret")), 401)

    def test_who_guesses_keeps_nobody_waiting(self):
        right = basic("alice", "secret")
        # 33 guesses wait for one thread of low priority, the last for no longer than its connection may last.
        self.apply(f"basic_auth_users: {{ alice: {QUICK} }}\n", headers=right)
        scans = self.served.metric("wedged_scans_total", headers=right)
        with concurrent.futures.ThreadPoolExecutor(50) as pool:
            guesses = [pool.submit(self.status, "/metrics", basic("alice", str(guess))) for guess in range(60)]
            while not all(one.done() for one in guesses):
                self.assertEqual(self.status(headers=right), 200, "who is known is not held up")
        self.assertLessEqual({one.result() for one in guesses}, {401, 503})
        self.assertTrue(until(lambda: self.served.metric("wedged_scans_total", headers=right) > scans + 1))

    def test_what_cannot_be_used_changes_nothing_and_is_told(self):
        self.apply(tls_section(), self.client())
        self.configure(tls_section("  client_auth_type: Maybe\n"))
        said = f"{self.web}:4:21: tls_server_config.client_auth_type must be NoClientCert"
        self.assertTrue(until(lambda: self.status(tls=self.client()) == 200 and said in self.log()), self.log())
        self.served.daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.served.daemon.wait_for(
            lambda events: any(event["event"] == "reload_failed" and "web.yaml:4:21" in str(event) for event in events), WAIT))


class Words(unittest.TestCase):
    """What is wrong is told before anything starts."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="wedged-web-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def check(self, web, *command):
        (self.folder / "web.yaml").write_text(web, encoding="utf-8")
        (self.folder / "wedged.yaml").write_text(f"web: {{ config_file: {self.folder}/web.yaml }}\n", encoding="utf-8")
        return subprocess.run([BINARY, *(command or ("config", "check")), "--config", self.folder / "wedged.yaml"], capture_output=True,
                              text=True, timeout=WAIT, check=False)

    def refused(self, web, words):
        for command in ((), ("run",)):
            done = self.check(web, *command)
            self.assertEqual(done.returncode, 3, done)
            self.assertIn(f"{self.folder}/web.yaml:{words}", done.stderr)

    def test_files_that_are_none_are_named_with_their_place(self):
        self.refused(tls_section(), "2:14: tls_server_config.cert_file must name a certificate in PEM: it cannot be opened: No such file")

    def test_a_key_of_another_certificate_is_refused(self):
        make_certificate(self.folder, "server")
        make_certificate(self.folder, "other")
        self.refused("tls_server_config:\n  cert_file: server.crt\n  key_file: other.key\n", "3:13: tls_server_config.key_file must ")

    def test_an_unknown_cipher_suite_is_refused(self):
        make_certificate(self.folder, "server")
        self.refused(tls_section("  cipher_suites:\n    - TLS_RSA_WITH_RC4_128_SHA0\n"), "5:7: tls_server_config.cipher_suites must be one")

    def test_the_example_is_one_for_promtool_and_for_us(self):
        make_certificate(self.folder, "server")
        make_certificate(self.folder, "clients-ca")
        example = EXAMPLE.read_text(encoding="utf-8")
        done = self.check(example)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        need("promtool", shutil.which("promtool"))
        judged = subprocess.run(["promtool", "check", "web-config", self.folder / "web.yaml"], capture_output=True, text=True, check=False)
        self.assertEqual(judged.returncode, 0, judged)


if __name__ == "__main__":
    unittest.main()
