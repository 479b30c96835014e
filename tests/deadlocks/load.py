# SPDX-License-Identifier: Apache-2.0
"""Makes real servers work as hard as they can: load generators where there is one, and threads that ask, which connect anew
each time. Bounded in time and count.
"""

import pathlib
import re
import shutil
import subprocess
import threading
import time

CLIENTS = 4  # threads that ask one server
HTTP = {"nginx", "haproxy", "node", "java"}
RATE = re.compile(r"(?:Requests/sec: +|tps = )([\d.]+)|([\d.]+) requests per second")
MOST = 5000  # requests of each
ENDS = 60  # seconds; for a client on a machine under load, not a promise


def pgbench(folder):
    return sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"))[-1], "-h", folder, "-U", "postgres"


def commands(server):
    """What to run once, and what then to run again and again; it ends within seconds by itself. Both may be empty."""
    if server.name == "redis-server":
        return [], ["redis-benchmark", "-s", server.address, "-c", "20", "-n", "5000", "-q", "-t", "set,get,lpush,lpop,mset"]
    if server.name == "memcached" and shutil.which("memcslap"):
        return [], ["memcslap", f"--servers={server.address}", "--concurrency=8", "--execute-number=1000", "--test=get"]
    if server.name in HTTP and shutil.which("wrk"):
        return [], ["wrk", "-t", "1", "-c", "16", "-d", "3s", "http://{}:{}/".format(*server.address)]
    if server.name == "postgres":
        client = pgbench(server.address.parent)
        return [*client, "-i", "-q", "postgres"], [*client, "-c", "8", "-j", "2", "-T", "3", "-n", "postgres"]
    return [], []


class Load:
    """From its start on all servers have to work for so many seconds. `failed`: what a client said; `rates`: {server: the best
    number of answers a second that a client told}.
    """

    def __init__(self, servers, seconds):
        self.until, self.failed, self.clients, self.rates = time.monotonic() + seconds, [], {}, {}
        self.threads = [threading.Thread(target=self._ask, args=[server]) for server in servers for _ in range(CLIENTS)]
        self.threads += [threading.Thread(target=self._run, args=[server]) for server in servers if commands(server)[1]]
        for thread in self.threads:
            thread.start()

    def over(self):
        return time.monotonic() > self.until

    def _ask(self, server):
        """Where a load generator is at work too, it gets the CPU."""
        pause = 0.02 if commands(server)[1] else 0
        for _ in range(MOST):
            if self.over():
                break
            server.ask()
            time.sleep(pause)

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
            said = said.decode(errors="replace")
            if client.returncode != 0:
                self.failed.append((server.name, said))
                break
            for one, other in RATE.findall(said):
                self.rates[server.name] = max(self.rates.get(server.name, 0), float(one or other))

    def wait(self):
        for thread in self.threads:
            thread.join()
