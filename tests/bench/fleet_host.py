# SPDX-License-Identifier: Apache-2.0
"""One host as a fleet has many: the real daemon, at rest and under a load of many kinds of calls; what its page has and what it
costs. Returns plain values and the recorded pages; computes nothing for many hosts. All of the load stays on loopback and in a
folder of its own."""

import contextlib
import gzip
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import measure
import observers

SERVER_COMMANDS = {
    "redis-server": ("redis-server", "--bind", "127.0.0.1", "--port", "{port}", "--save", "", "--appendonly", "yes"),
    "memcached": ("memcached", "-l", "127.0.0.1", "-p", "{port}", "-U", "0", "-u", "nobody"),
    "nginx": ("nginx", "-p", "{folder}/", "-c", "nginx.conf", "-g", "daemon off;"),
}
LOADS = {
    "redis-server": ("redis-benchmark", "-h", "127.0.0.1", "-p", "{port}", "-c", "20", "-n", "20000", "-q", "-t", "get,set,lpush"),
    "nginx": ("wrk", "-t1", "-c20", "-d5s", "http://127.0.0.1:{port}/"),
}
NGINX = """worker_processes 1; pid nginx.pid; error_log error.log;
events {{}}
http {{ access_log access.log; server {{ listen 127.0.0.1:{port}; root .; }} }}
"""
# What a host does beside its servers: files, processes, signals, terminals, links, locks, archives.
ODDS = """cd "$1"; while :; do
  mkdir -p a/b; dd if=/dev/zero of=a/f bs=64k count=64 conv=fsync status=none; cp -a a c; ln -s f a/l; mv c a/c; chmod 600 a/f
  find /usr/share/doc -maxdepth 2 -newer a/f >/dev/null; tar cf t.tar a; gzip -f t.tar; rm -rf a t.tar.gz; sync -f .
  flock k true; timeout 1 tail -f /dev/null & sleep 0.2; wait; ps axf >/dev/null; df >/dev/null; mkfifo p; rm p; id >/dev/null
  python3 -c 'import asyncio,mmap,os,select,signal,socket,sqlite3,subprocess,threading
d=sqlite3.connect("db");d.execute("create table if not exists t(x)");d.execute("insert into t values(1)");d.commit()
asyncio.run(asyncio.sleep(.01));subprocess.run(["true"]);os.sync
m=mmap.mmap(-1,9999);m.flush();os.memfd_create("m");os.eventfd(0);os.sched_yield();os.nice(0);os.statvfs(".")
s=socket.socketpair();s[0].sendmsg([b"x"]);s[1].recvmsg(9);os.sendfile(1,os.open("db",0),0,0) if 0 else 0
t=threading.Thread(target=int);t.start();t.join()'
done"""
PAUSE = 1.0  # seconds between two recorded pages


def measured(build, seconds):
    """({name: value}, [pages under load, a second apart])."""
    with tempfile.TemporaryDirectory(prefix="wedged-fleet-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        (folder / "wedged.yaml").write_text("", encoding="utf-8")
        port = observers.free_port()
        daemon = observers.wedged(build, str(folder / "wedged.yaml"), port, "calls")
        cpu = min(os.sched_getaffinity(0))
        with observers.running(daemon, cpu) as process:
            at_rest, _ = over(process, port, min(seconds, 20))
            with load(folder):
                busy, pages = over(process, port, seconds)
    return {"at_rest": at_rest, "under_load": busy}, pages


def over(process, port, seconds):
    """The daemon's costs over this time, and its pages."""
    before, began, pages = measure.cpu_seconds(process.pid), time.monotonic(), []
    while time.monotonic() - began < seconds or len(pages) < 2:
        time.sleep(PAUSE)
        pages.append(measure.scrape(port))
    took = time.monotonic() - began
    return {**facts_of(pages[-1]), "cpu_percent": round(100 * (measure.cpu_seconds(process.pid) - before) / took, 2),
            "resident_bytes": measure.resident_bytes(process.pid), "map_bytes": map_bytes(process.pid)}, pages


def facts_of(page):
    series = [line for line in page.splitlines() if line and not line.startswith("#")]
    buckets = sum(line.startswith("wedged_syscall_duration_seconds_bucket") for line in series)
    syscalls = len({match[1] for match in re.finditer(r'_count\{syscall="(\w+)"', page)})
    return {"series": len(series), "bucket_series": buckets, "syscalls": syscalls, "page_bytes": len(page.encode()),
            "gzip_bytes": len(gzip.compress(page.encode(), 6))}


def map_bytes(pid):
    """Memory of the BPF maps, which belong to the daemon's memory cgroup."""
    total = 0
    for path in pathlib.Path(f"/proc/{pid}/fdinfo").iterdir():
        with contextlib.suppress(OSError):
            text = path.read_text()
            if "map_type:" in text:
                total += int(re.search(r"memlock:\s*(\d+)", text)[1])
    return total


@contextlib.contextmanager
def load(folder):
    """Every server that is installed, its clients in endless turns, and everything odd."""
    with contextlib.ExitStack() as all_of_it:
        (folder / "odds").mkdir()
        all_of_it.enter_context(session(["sh", "-c", ODDS, "odds", folder / "odds"]))
        for name, command in SERVER_COMMANDS.items():
            place = folder / name
            place.mkdir()
            place.chmod(0o777)
            values = {"port": observers.free_port(), "folder": place}
            (place / "nginx.conf").write_text(NGINX.format(**values), encoding="utf-8")
            if not shutil.which(name):
                continue
            all_of_it.enter_context(session([word.format(**values) for word in command], place))
            client = [word.format(**values) for word in LOADS.get(name, ())]
            if client and shutil.which(client[0]):
                all_of_it.enter_context(session(["sh", "-c", 'while :; do "$@"; sleep 0.5; done', "turns", *client], place))
        yield


@contextlib.contextmanager
def session(command, folder=None):
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
