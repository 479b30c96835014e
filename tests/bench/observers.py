# SPDX-License-Identifier: Apache-2.0
"""Who may watch the calls: how each observer is started, seen to be ready, and ended. Measures nothing.

Each runs in its own process and says by a line of its output that everything is attached.
"""

import contextlib
import dataclasses
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_DEADLINE = 60  # seconds; for a machine under load, not a promise
TRACEFS = "/sys/kernel/tracing"

# wedged's table of calls in bpftrace's words. The two intervals stand around the tracepoints, so both have fired only
# when everything between them is attached, in whichever order that was.
BPFTRACE_PROGRAM = """
interval:ms:50 { @first = 1; }
tracepoint:raw_syscalls:sys_enter { @start[tid] = nsecs; }
tracepoint:raw_syscalls:sys_exit /@start[tid]/ { @ns[args->id] = hist(nsecs - @start[tid]); delete(@start[tid]); }
interval:ms:51 /@first && !@said/ { printf("ready\\n"); @said = 1; }
"""


class Unavailable(Exception):
    """The observer is missing or does not work here; the text says why."""


@dataclasses.dataclass(frozen=True)
class Observer:
    name: str
    command: tuple = ()
    ready: str = "ready"
    needs_tracefs: bool = False

    def program(self):
        return next(word for word in self.command if word not in ("stdbuf", "-oL"))


def nobody():
    return Observer("nothing attached")


def yardsticks(build):
    program = f"{build}/tests/bench/bench_empty_programs"
    return (Observer("two empty programs", (program,)), Observer("two programs that read the clock", (program, "clock")))


def wedged(build, config, port, mode):
    command = (f"{build}/userspace/wedged", "run", "--config", config, "--observe", mode,
               "--web.listen-address", f"127.0.0.1:{port}")
    return Observer(f"wedged --observe {mode}", command, "watching this host")


def others():
    """bcc has its tool twice: in Python, which needs the kernel's headers, and on libbpf, which does not."""
    return (Observer("bpftrace", ("bpftrace", "-B", "line", "-e", BPFTRACE_PROGRAM), needs_tracefs=True),
            Observer("bcc syscount-bpfcc -L", ("syscount-bpfcc", "-L"), "Tracing", True),
            Observer("bcc syscount -L (libbpf-tools)", ("stdbuf", "-oL", "syscount", "-L"), "Tracing", True))


@contextlib.contextmanager
def running(observer, cpu):
    """The observer at work on this CPU; yields its process, or nothing for nobody. Raises Unavailable."""
    if not observer.command:
        yield None
        return
    if not shutil.which(observer.program()):
        raise Unavailable("not installed")
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(with_tracefs(observer), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   env={**os.environ, "PYTHONUNBUFFERED": "1"},
                                   preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
        try:
            await_ready(observer, process, output)
            yield process
            if process.poll() is not None:
                raise Unavailable(f"ended by itself: {complaint(output)}")
        finally:
            end(process)


def with_tracefs(observer):
    """Some need tracefs. Where it is not mounted, it is for them alone, in a mount namespace of their own."""
    if not observer.needs_tracefs or os.listdir(TRACEFS):
        return list(observer.command)
    return ["unshare", "--mount", "sh", "-c", f'mount -t tracefs tracefs {TRACEFS} && exec "$@"', "sh", *observer.command]


def await_ready(observer, process, output):
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline:
        if re.search(observer.ready, text_of(output)):
            return
        if process.poll() is not None:
            raise Unavailable(f"does not work here: {complaint(output)}")
        time.sleep(0.02)
    raise Unavailable(f"not ready after {START_DEADLINE} s: {complaint(output)}")


def text_of(output):
    return os.pread(output.fileno(), 1 << 20, 0).decode(errors="replace")


def complaint(output):
    """The first line that sounds like one, else the last."""
    lines = text_of(output).strip().splitlines()
    if not lines:
        return "without a word"
    line = next((line for line in lines if re.search(r"unable|cannot|failed|no such|not permitted|error:", line, re.I)), lines[-1])
    return line.split(". ")[0][:100]


def end(process):
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
