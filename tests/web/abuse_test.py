# SPDX-License-Identifier: Apache-2.0
"""Slow, huge, malformed and many requests: others are answered meanwhile, and the scan does not notice."""

import concurrent.futures
import pathlib
import socket
import tempfile
import threading
import time
import unittest

from served import WAIT, Served, until
from needs import need_kernel

PHASE = 8  # seconds
SLOW = 100
PARALLEL = 200
HUGE = b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 1_000_000
BODY = b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n" + b"b" * 8_000_000
PIPELINE = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 1000
GARBAGE = [b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\xff" + bytes(512), b"GET\r\n\r\n", b"\0" * 9000, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
           b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]
# What two servers in a row could read as two different requests, and what RFC 9112 wants refused.
REFUSED = {
    b"GET / HTTP/1.1\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n": 400,
    b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n": 400,
    b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\n": 400,
    b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n": 414,
    b"GET / HTTP/1.1\r\nHost: attacker.example\r\n\r\n": 421,
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n": 431,
}


def setUpModule():
    need_kernel()


class Slowloris:
    """Clients that send a byte now and then, and never an end. Who is thrown out comes again."""

    def __init__(self, port, count):
        self.port, self.count, self.over = port, count, threading.Event()
        self.thrown_out = 0
        self.thread = threading.Thread(target=self._drip)
        self.thread.start()

    def _connect(self):
        one = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)
        one.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        return one

    def _drip(self):
        clients = [self._connect() for _ in range(self.count)]
        while not self.over.wait(0.3):
            for at, one in enumerate(clients):
                try:
                    one.sendall(b"a")
                except OSError:
                    one.close()
                    clients[at] = self._connect()
                    self.thrown_out += 1
        for one in clients:
            one.close()

    def stop(self):
        self.over.set()
        self.thread.join()


class Abuse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wedged-web-")
        cls.addClassCleanup(folder.cleanup)
        cls.served = Served(pathlib.Path(folder.name))
        cls.addClassCleanup(cls.served.stop)
        until(lambda: cls.served.get("/healthz").status == 200)
        cls.descriptors = cls.served.descriptors()

    def tearDown(self):
        """Whatever was done to it, it is well afterwards and has kept nothing."""
        self.assertEqual(until(lambda: self.served.get("/healthz").status == 200), True)
        self.assertTrue(until(lambda: self.served.descriptors() <= self.descriptors + 1),
                        f"{self.served.descriptors()} descriptors, {self.descriptors} before")

    def scans(self):
        return self.served.metric("wedged_scans_total"), self.served.metric("wedged_scans_late_total")

    def scans_during(self, what):
        scans, late = self.scans()
        began = time.monotonic()
        what()
        passed = time.monotonic() - began
        scans_after, late_after = self.scans()
        return (scans_after - scans) / passed, late_after - late

    def storm(self):
        """Everything at once, and somebody who only wants to know whether it is healthy."""
        end = time.monotonic() + PHASE
        asked, requests = [], 0
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            def keep(data):
                count = 0
                while time.monotonic() < end:
                    self.served.raw(data)
                    count += 1
                return count
            running = [pool.submit(keep, data) for data in [HUGE, BODY, PIPELINE, *GARBAGE]]
            running += [pool.submit(keep, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(4)]
            while time.monotonic() < end:
                began = time.monotonic()
                self.assertEqual(self.served.get("/healthz").status, 200)
                asked.append(time.monotonic() - began)
                time.sleep(0.1)
            requests = sum(one.result() for one in running)
        print(f"storm: {requests} requests; {len(asked)} times healthy meanwhile, answered within {max(asked) * 1000:.0f} ms at most")
        self.assertGreater(len(asked), 3)

    def test_scans_go_on_as_if_nothing_was(self):
        slow = Slowloris(self.served.port, SLOW)
        try:
            calm, late_in_calm = self.scans_during(lambda: time.sleep(PHASE))
            storm, late_in_storm = self.scans_during(self.storm)
        finally:
            slow.stop()
        print(f"scans a second: {calm:.2f} with slow clients alone ({late_in_calm:.0f} late), {storm:.2f} in the storm "
              f"({late_in_storm:.0f} late); {slow.thrown_out} slow clients thrown out")
        self.assertGreater(storm, calm / 2)
        self.assertGreater(slow.thrown_out, 0, "a client may not be slow for ever")

    def test_many_at_once_are_all_answered(self):
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            together = threading.Barrier(PARALLEL)

            def ask():
                together.wait(WAIT)
                return self.served.get("/metrics").status
            statuses = [one.result() for one in [pool.submit(ask) for _ in range(PARALLEL)]]
        self.assertEqual(set(statuses), {200})

    def test_who_is_idle_makes_room_for_who_asks(self):
        """More than there is room for, none of which ever asks."""
        idle = []
        try:
            for _ in range(600):
                idle.append(socket.create_connection(("127.0.0.1", self.served.port), timeout=WAIT))
            self.assertEqual(self.served.get("/healthz").status, 200)
        finally:
            for one in idle:
                one.close()

    def test_who_has_its_answer_and_stays_makes_room_for_who_asks(self):
        """More than there is room for, none of which ever closes."""
        for _ in range(600):
            one = socket.create_connection(("127.0.0.1", self.served.port), timeout=WAIT)
            self.addCleanup(one.close)
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertTrue(one.recv(1))
        self.assertEqual(self.served.get("/healthz").status, 200)

    def test_who_does_not_read_is_not_waited_for(self):
        """They stay until the end: their places must be free before (tearDown)."""
        for _ in range(300):
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            one.settimeout(WAIT)
            one.connect(("127.0.0.1", self.served.port))
            one.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            self.addCleanup(one.close)
        self.assertEqual(self.served.get("/healthz").status, 200)

    def test_what_is_refused_is_refused_in_words(self):
        self.assertIn(b" 431 ", self.served.raw(HUGE).split(b"\r\n")[0])
        self.assertIn(b" 405 ", self.served.raw(BODY).split(b"\r\n")[0])
        for data in GARBAGE:
            self.assertRegex(self.served.raw(data).split(b"\r\n")[0], rb"^HTTP/1\.1 (400|431|505) ")
        for data, status in REFUSED.items():
            self.assertIn(f" {status} ".encode(), self.served.raw(data).split(b"\r\n")[0], data[:80])
        for method in ("POST", "PUT", "DELETE", "TRACE", "BREW"):
            self.assertEqual(self.served.get("/metrics", method=method).status, 405)

    def test_of_a_pipeline_the_first_is_answered(self):
        answer = self.served.raw(PIPELINE)
        self.assertEqual(answer.count(b"HTTP/1.1 "), 1)
        self.assertIn(b"Connection: close", answer)


if __name__ == "__main__":
    unittest.main()
