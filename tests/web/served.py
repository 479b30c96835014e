# SPDX-License-Identifier: Apache-2.0
"""A daemon with a web server on a port of its own, and how it is asked. Judges nothing."""

import http.client
import os
import pathlib
import re
import socket
import ssl
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from daemon import CONFIG, Daemon  # noqa: E402  # pylint: disable=wrong-import-position

WAIT = 60  # seconds until something must have become true; for a machine under load, not a promise


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(holds, seconds=WAIT):
    """The first answer that holds; the last one if none does within the time."""
    end = time.monotonic() + seconds
    while True:
        answer = holds()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(0.1)


class Reply:
    def __init__(self, answer):
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()

    @property
    def text(self):
        return self.body.decode()


class Served:
    def __init__(self, folder, web=""):
        self.port = free_port()
        config = CONFIG + f"web: {{ listen_address: '127.0.0.1:{self.port}'{web} }}\n"
        self.daemon = Daemon(folder, config, web=True)
        try:
            self.daemon.wait_until_it_watches(WAIT)
        except BaseException:
            self.daemon.stop()
            raise

    def get(self, path, headers=None, tls=None, method="GET"):
        if tls is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        else:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=WAIT, context=tls)
        try:
            connection.request(method, path, headers=headers or {})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def raw(self, data):
        """All that comes back; nothing if the connection is reset."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT) as one:
            try:
                one.sendall(data)
            except OSError:
                pass
            parts = []
            try:
                while part := one.recv(65536):
                    parts.append(part)
            except OSError:
                pass
            return b"".join(parts)

    def metric(self, name, **how):
        found = re.search(rf"^{name} (\S+)$", self.get("/metrics", **how).text, re.M)
        return float(found.group(1))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))

    def stop(self):
        return self.daemon.stop()


def trusting(certificate, own=None, key=None):
    """A client's side of TLS that trusts this certificate, and shows its own if it has one."""
    context = ssl.create_default_context(cafile=certificate)
    if own:
        context.load_cert_chain(own, key)
    return context
