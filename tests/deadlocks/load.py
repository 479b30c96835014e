# SPDX-License-Identifier: Apache-2.0
"""Makes real servers work: clients of the server's own where it brings one, else threads that ask. Bounded in time and count."""

import pathlib
import subprocess
import threading
import time

CLIENTS = 4  # threads that ask one server
MOST = 5000  # requests of each
ENDS = 60  # seconds; for a client on a machine under load, not a promise


def pgbench(folder):
    return sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"))[-1], "-h", folder, "-U", "postgres"


def commands(server):
    """What to run once, and what then to run again and again; it ends within seconds by itself. Both may be empty."""
    if server.name == "redis-server":
        return [], ["redis-benchmark", "-s", server.address, "-c", "20", "-n", "10000", "-q", "-t", "set,get,lpush,lpop,mset"]
    if server.name == "postgres":
        client = pgbench(server.address.parent)
        return [*client, "-i", "-q", "postgres"], [*client, "-c", "8", "-j", "2", "-T", "3", "-n", "postgres"]
    return [], []


class Load:
    """From its start on all servers have to work for so many seconds. `failed`: what a client said."""

    def __init__(self, servers, seconds):
        self.until, self.failed, self.clients = time.monotonic() + seconds, [], {}
        self.threads = [threading.Thread(target=self._ask, args=[server]) for server in servers for _ in range(CLIENTS)]
        self.threads += [threading.Thread(target=self._run, args=[server]) for server in servers if commands(server)[1]]
        for thread in self.threads:
            thread.start()

    def over(self):
        return time.monotonic() > self.until

    def _ask(self, server):
        for _ in range(MOST):
            if self.over():
                break
            server.ask()

    def _run(self, server):
        once, again = commands(server)
        while not self.over():
            words, once = once or again, []
            with subprocess.Popen([*map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as client:
                self.clients[client.pid] = server.name
                try:
                    said, _ = client.communicate(timeout=ENDS)
                except subprocess.TimeoutExpired:
                    client.kill()
                    said, _ = client.communicate()
            if client.returncode != 0:
                self.failed.append((server.name, said.decode(errors="replace")))
                break

    def wait(self):
        for thread in self.threads:
            thread.join()
