# SPDX-License-Identifier: Apache-2.0
"""Real servers, those that are installed here, idle but for a request now and then: none of them is stuck.

Each runs in a session of its own, so that all its processes can be told from others.
"""

import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import time

HTTP = b"GET / HTTP/1.0\r\n\r\n"
NGINX = """daemon off; pid {folder}/nginx.pid; worker_processes 2; error_log {folder}/nginx.log;
events {{ worker_connections 64; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; server {{ listen unix:{folder}/nginx.socket; return 200 "x"; }} }}
"""
NODE = "require('http').createServer((request, answer) => answer.end('x')).listen(process.argv[1])"
JAVA = pathlib.Path(__file__).resolve().parent / "IdleServer.java"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def installed(folder):
    """(name, command line, address, request) of each that is there."""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder), encoding="ascii")
    java, python = free_port(), free_port()
    all_of_them = [
        ("redis-server", ["--port", "0", "--unixsocket", folder / "redis", "--save", "", "--dir", folder], folder / "redis", b"PING\r\n"),
        ("memcached", ["-u", "root", "-s", folder / "memcached"], folder / "memcached", b"set k 0 0 1\r\nx\r\n"),
        ("nginx", ["-c", folder / "nginx.conf", "-e", folder / "nginx.log"], folder / "nginx.socket", HTTP),
        ("node", ["-e", NODE, folder / "node"], folder / "node", HTTP),
        ("java", ["-Xmx64m", JAVA, str(java)], ("127.0.0.1", java), HTTP),
        ("python3", ["-m", "http.server", "--bind", "127.0.0.1", "--directory", folder, str(python)], ("127.0.0.1", python), HTTP),
    ]
    return [row for row in all_of_them if shutil.which(row[0])]


class Server:
    def __init__(self, name, words, address, request):
        self.name, self.address, self.request, self.answers = name, address, request, 0
        self.process = subprocess.Popen([name, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)

    @property
    def session(self):
        return self.process.pid

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
        self.process.send_signal(signal.SIGKILL if self.name == "java" else signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Servers:
    """All that are installed, and a thread that asks each of them ten times a second."""

    def __init__(self, folder):
        self.all = [Server(*row) for row in installed(folder)]
        self.over = threading.Event()
        self.load = threading.Thread(target=self._ask_on)
        self.load.start()

    def _ask_on(self):
        while not self.over.wait(0.1):
            for server in self.all:
                server.ask()

    def wait_until_all_answer(self, seconds):
        until = time.monotonic() + seconds
        while not all(server.answers for server in self.all) and time.monotonic() < until:
            time.sleep(0.05)
        return [server.name for server in self.all if not server.answers]

    def stop(self):
        self.over.set()
        self.load.join()
        for server in self.all:
            server.stop()
