# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus that scrapes recorded pages under the names of many hosts, all on loopback: what a series takes of its memory,
a sample of its disk and CPU. Ends by itself when the pages are used up. Returns plain values."""

import collections
import contextlib
import gzip
import http.server
import json
import pathlib
import shutil
import socketserver
import subprocess
import tempfile
import threading
import time
import urllib.request

import measure
import observers

DEADLINE = 60  # seconds
WITHOUT_BUCKETS = [{"source_labels": ["__name__"], "regex": "wedged_syscall_duration_seconds_bucket", "action": "drop"}]


class Pages(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Each host's first scrape gets the first page, and so on; past the last, the last."""
    daemon_threads = True

    def __init__(self, pages):
        self.packed = [gzip.compress(page.encode(), 1) for page in pages]
        self.scrapes = collections.Counter()
        super().__init__(("127.0.0.1", 0), Answer)

    def next_of(self, path):
        number = self.scrapes[path]
        self.scrapes[path] += 1
        return self.packed[min(number, len(self.packed) - 1)]


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # noqa: N802
        body = self.server.next_of(self.path)
        self.send_response(200)
        for name, value in (("Content-Type", "text/plain; version=0.0.4"), ("Content-Encoding", "gzip"), ("Content-Length", len(body))):
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving(pages):
    server = Pages(pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def config(address, hosts, interval, relabel):
    """As JSON, which is YAML too: one target per host, told apart by its path."""
    targets = [{"targets": [address], "labels": {"instance": f"host-{number}", "__metrics_path__": f"/{number}"}}
               for number in range(hosts)]
    return json.dumps({"global": {"scrape_interval": f"{interval}s", "scrape_timeout": f"{interval}s"},
                       "scrape_configs": [{"job_name": "wedged", "static_configs": targets, "metric_relabel_configs": relabel}]})


def measured(pages, hosts, interval, note, relabel=()):
    """Costs of one Prometheus, from an empty one to the end of the pages."""
    with tempfile.TemporaryDirectory(prefix="wedged-fleet-") as name, serving(pages) as server:
        folder, port = pathlib.Path(name), observers.free_port()
        path = folder / "prometheus.yml"
        path.write_text(config("none", 0, interval, []), encoding="utf-8")
        with prometheus(folder, path, port) as process:
            wait_until(lambda: ask(port, "/-/ready") is not None)
            time.sleep(3)
            empty, before = measure.resident_bytes(process.pid), measure.cpu_seconds(process.pid)
            path.write_text(config(f"127.0.0.1:{server.server_port}", hosts, interval, list(relabel)), encoding="utf-8")
            ask(port, "/-/reload", b"")
            scraped(server, hosts, len(pages), interval, note)
            facts = {"hosts": hosts, "scrape_interval_seconds": interval, "series": value(port, "prometheus_tsdb_head_series"),
                     "samples": value(port, "prometheus_tsdb_head_samples_appended_total"),
                     "resident_bytes": measure.resident_bytes(process.pid) - empty, "empty_bytes": empty,
                     "cpu_seconds": round(measure.cpu_seconds(process.pid) - before, 1)}
            return {**facts, **on_disk(port, folder), "wal_bytes": size_of(folder / "data/wal")}


@contextlib.contextmanager
def prometheus(folder, path, port):
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen([shutil.which("prometheus"), f"--config.file={path}", f"--storage.tsdb.path={folder}/data",
                                    f"--web.listen-address=127.0.0.1:{port}", "--web.enable-admin-api", "--web.enable-lifecycle",
                                    "--log.level=warn"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def scraped(server, hosts, pages, interval, note):
    """Bounded: as many scrapes as there are pages, or three times the time that should take."""
    until = time.monotonic() + 3 * pages * interval + DEADLINE
    while min((server.scrapes[f"/{number}"] for number in range(hosts)), default=0) < pages and time.monotonic() < until:
        time.sleep(2 * interval)
        note(f"scrape {server.scrapes['/0']} of {pages}")


def on_disk(port, folder):
    """Of a block made of all that is there, as compaction makes one every two hours."""
    name = json.loads(ask(port, "/api/v1/admin/tsdb/snapshot", b""))["data"]["name"]
    blocks = [path.parent for path in (folder / "data/snapshots" / name).glob("*/meta.json")]
    if not blocks:
        raise RuntimeError("Prometheus stored nothing")
    samples = sum(json.loads((block / "meta.json").read_text())["stats"]["numSamples"] for block in blocks)
    return {"block_samples": samples, "chunk_bytes": sum(size_of(block / "chunks") for block in blocks),
            "index_bytes": sum((block / "index").stat().st_size for block in blocks)}


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def value(port, name):
    text = ask(port, "/metrics")
    return int(float(next(line for line in text.splitlines() if line.startswith(name) and line[len(name)] in " {").split()[-1]))


def ask(port, path, body=None):
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", body, DEADLINE) as answer:
        return answer.read().decode()
    return None


def wait_until(holds):
    until = time.monotonic() + DEADLINE
    while not holds():
        if time.monotonic() > until:
            raise RuntimeError("Prometheus does not start")
        time.sleep(0.1)
