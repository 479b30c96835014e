# SPDX-License-Identifier: Apache-2.0
"""Real servers, those that are installed here, each with a folder of its own: none of them is stuck.

They listen on sockets in that folder or on loopback. Starts, asks, ends them; what makes them work hard is in load.py.
"""

import contextlib
import math
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

from injected import stat_of

HTTP = b"GET / HTTP/1.0\r\n\r\n"
SSL_WANTED = b"\0\0\0\x08\x04\xd2\x16\x2f"  # PostgreSQL starts a process for it, which says no
NGINX = """daemon off; pid {folder}/nginx.pid; worker_processes 2; error_log {folder}/nginx.log;
events {{ worker_connections 64; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; server {{ listen unix:{folder}/nginx.socket; listen 127.0.0.1:{port};
  return 200 "x"; }} }}
"""
HAPROXY = """global
  nbthread 2
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
listen before_nginx
  bind 127.0.0.1:{port}
  server nginx unix@{folder}/nginx.socket
"""
NODE = "require('http').createServer((request, answer) => answer.end('x')).listen(process.argv[1], '127.0.0.1')"
JAVA = pathlib.Path(__file__).resolve().parent / "HealthyServer.java"


def free_ports(number):
    """So many different ones."""
    with contextlib.ExitStack() as held:
        return [held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(number)]


def postgres(folder):
    """Its row, of a new database that belongs to the user postgres, whose the process must be; none if that cannot be."""
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs or os.geteuid() != 0:
        return []
    place = folder / "postgres"
    place.mkdir()
    shutil.chown(place, "postgres")
    folder.chmod(0o711)  # for that user to come through
    subprocess.run([programs[-1].with_name("initdb"), "-D", place / "data", "-A", "trust", "-N"], check=True, cwd=place,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, user="postgres", group="postgres", extra_groups=[])
    words = [programs[-1], "-D", place / "data", "-k", place, "-c", "listen_addresses=", "-c", "fsync=off"]
    return [("postgres", words, place / ".s.PGSQL.5432", SSL_WANTED)]


def installed(folder):
    """(name, command line, address, request) of each that is there."""
    nginx, haproxy, node, java, python = free_ports(5)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=nginx), encoding="ascii")
    (folder / "haproxy.conf").write_text(HAPROXY.format(folder=folder, port=haproxy), encoding="ascii")
    all_of_them = [
        ("redis-server", ["--port", "0", "--unixsocket", folder / "redis", "--save", "", "--dir", folder], folder / "redis", b"PING\r\n"),
        ("memcached", ["-u", "root", "-s", folder / "memcached"], folder / "memcached", b"set k 0 0 1\r\nx\r\n"),
        ("nginx", ["-c", folder / "nginx.conf", "-e", folder / "nginx.log"], ("127.0.0.1", nginx), HTTP),
        ("haproxy", ["-db", "-f", folder / "haproxy.conf"], ("127.0.0.1", haproxy), HTTP),
        ("node", ["-e", NODE, str(node)], ("127.0.0.1", node), HTTP),
        ("java", ["-Xmx64m", JAVA, str(java)], ("127.0.0.1", java), HTTP),
        ("python3", ["-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, str(python)], ("127.0.0.1", python), HTTP),
    ]
    programs = {"java": shutil.which("java") and shutil.which("javac"), "python3": sys.executable}  # what compiles is with javac
    found = [(name, [name if name != "python3" else sys.executable, *words], address, request)
             for name, words, address, request in all_of_them if programs.get(name, shutil.which(name))]
    return found + postgres(folder)


class Server:
    def __init__(self, name, words, address, request):
        self.name, self.address, self.request, self.answers = name, address, request, 0
        who = {"user": "postgres", "group": "postgres", "extra_groups": []} if name == "postgres" else {}
        self.process = subprocess.Popen([*map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/",
                                        stderr=subprocess.DEVNULL, start_new_session=True, **who)

    def pids(self):
        """Its processes that exist: PostgreSQL's are sessions of their own."""
        parents = {int(pid): int((stat_of(pid) or (0, 0))[1]) for pid in os.listdir("/proc") if pid.isdigit()}
        found, new = set(), {self.process.pid}
        while new:
            found |= new
            new = {pid for pid, parent in parents.items() if parent in found} - found
        return found

    def cpu_seconds(self):
        stats = [stat_of(pid) or ["0"] * 13 for pid in self.pids()]
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")

    def ask(self):
        """Whether it answered."""
        family = socket.AF_INET if isinstance(self.address, tuple) else socket.AF_UNIX
        try:
            with socket.socket(family) as line:
                line.settimeout(5)
                line.connect(self.address if isinstance(self.address, tuple) else str(self.address))
                line.sendall(self.request)
                answered = bool(line.recv(64))
        except OSError:
            return False
        self.answers += answered
        return answered

    def stop(self):
        how = {"java": signal.SIGKILL, "postgres": signal.SIGINT}  # which is PostgreSQL's fast end
        self.process.send_signal(how.get(self.name, signal.SIGTERM))
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Servers:
    """All that are installed. Whoever starts them calls stop."""

    def __init__(self, folder):
        self.all = [Server(*row) for row in installed(folder)]
        self.over, self.asker = threading.Event(), None

    def keep_asking(self):
        """From now on each is asked ten times a second."""
        self.asker = threading.Thread(target=self._ask_on)
        self.asker.start()

    def _ask_on(self):
        while not self.over.wait(0.1):
            for server in self.all:
                server.ask()

    def wait_until_all_answer(self, seconds):
        """The names of those that did not within that time."""
        until, silent = time.monotonic() + seconds, self.all
        while silent and time.monotonic() < until:
            silent = [server for server in silent if not server.ask()]
            time.sleep(0.05)
        return [server.name for server in silent]

    def wait_until_idle(self, seconds):
        """Until all of them together use less than a tenth of a CPU, or that time is over."""
        until, before, now = time.monotonic() + seconds, -math.inf, 0
        while now - before > 0.05 and time.monotonic() < until:
            time.sleep(0.5)
            before, now = now, sum(server.cpu_seconds() for server in self.all)

    def stop(self):
        self.over.set()
        if self.asker:
            self.asker.join()
        for server in self.all:
            server.stop()
