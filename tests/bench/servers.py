# SPDX-License-Identifier: Apache-2.0
"""Real servers under load: how many requests redis and memcached answer in a second of their CPU time, under each
observer in interleaved rounds. CPU time, because a server at its limit answers so many and a neighbour's work is none of
its own. Server and load share a CPU: how many requests a server finds waiting decides what one costs, and with a CPU for
each that is chance. Both listen on loopback only. Returns plain values and judges none; table.py does."""

import contextlib
import dataclasses
import os
import shutil
import socket
import subprocess
import tempfile
import time

import measure
import observers

START_DEADLINE = 60  # seconds; for a machine under load, not a promise
SETTLE = 1.0  # seconds: what the observer before has left for the kernel to free must not be on this one's bill


@dataclasses.dataclass(frozen=True)
class Server:
    name: str
    needs: tuple
    port: int
    command: tuple
    load: tuple

    def missing(self):
        return next((program for program in self.needs if not shutil.which(program)), None)


def servers(build, port, requests):
    """Neither writes to a disk. memcached will not run as root; nobody will do."""
    redis = Server("redis", ("redis-server", "redis-benchmark"), port,
                   ("redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"),
                   ("redis-benchmark", "-h", "127.0.0.1", "-p", str(port), "-c", "20", "-d", "100", "-t", "get",
                    "-n", str(requests), "-q"))
    memcached = Server("memcached", ("memcached",), port,
                       ("memcached", "-l", "127.0.0.1", "-p", str(port), "-U", "0", "-t", "1", "-u", "nobody"),
                       (f"{build}/tests/bench/bench_memcached_load", str(port), str(requests)))
    return redis, memcached


def throughput_in_rounds(build, candidates, effort, cpus, neighbours, note):
    """{server: {observer: [requests per CPU second, one per round]}} and {server: why it is left out}."""
    results, missing = {}, {}
    for server in servers(build, observers.free_port(), effort.requests):
        if server.missing():
            missing[server.name] = f"{server.missing()} is not installed"
            continue
        with running(server, cpus.workload) as process:
            load(server, cpus.workload)  # the first values, and the server's memory
            for number in range(effort.rounds):
                for observer in candidates:
                    note(f"round {number + 1} of {effort.rounds}: {server.name}, {observer.name}")
                    rate = neighbours.undisturbed(lambda still, who=observer, to=server, of=process:
                                                  requests_per_second(to, of, who, effort, cpus, still))
                    results.setdefault(server.name, {}).setdefault(observer.name, []).append(rate)
    return results, missing


def requests_per_second(server, process, observer, effort, cpus, still):
    with observers.running(observer, cpus.observer), still():
        time.sleep(SETTLE)
        before = measure.cpu_seconds(process.pid)
        load(server, cpus.workload)
        return effort.requests / (measure.cpu_seconds(process.pid) - before)


def load(server, cpu):
    done = subprocess.run(server.load, capture_output=True, text=True, timeout=120, check=False,
                          preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
    if done.returncode != 0:
        raise RuntimeError(f"{server.load[0]} failed: {(done.stderr or done.stdout).strip()[-300:]}")


@contextlib.contextmanager
def running(server, cpu):
    with tempfile.TemporaryDirectory(prefix="wedged-bench-") as folder:
        process = subprocess.Popen(server.command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
        try:
            await_port(server, process)
            yield process
        finally:
            process.kill()
            process.wait()


def await_port(server, process):
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{server.name} does not listen on port {server.port}")
