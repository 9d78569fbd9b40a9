"""What every benchmark needs: a generated repository, a running service, and one way to print a figure."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

RAMPART = os.environ["RAMPART"]


def report(name, value, unit, peer=None, peer_name="", goal=""):
    """Prints one line: the figure, its ratio to the peer measured beside it, and the goal."""
    line = f"{name:<58} {value:>10.3f} {unit}"
    if peer:
        line += f"   {value / peer:6.2f} x {peer_name} ({peer:.3f} {unit})"
    if goal:
        line += f"   goal: {goal}"
    print(line, flush=True)


def graph(namespace, name, rate, components=6):
    """A realistic graph of about 3 KB; `rate` tells one version from another."""
    lines = [
        "apiVersion: rampart.petuum.com/v1beta2", "kind: RampartGraph", "metadata:", f"  name: {name}",
        f"  namespace: {namespace}", "spec:", "  graph:", "    components:",
    ]
    for index in range(components):
        lines += [
            f"      component-{index}:", "        type: generic-service", "        chart:",
            "          repo: rampart-repo", "          name: rampart-test-component", "          version: 1.1.2",
            "        config:", f"          rate: {rate}", f"          image: registry.example.com/team/image-{index}:4.1",
            "          command: [python, train.py, --epochs, '90']", "          resources:",
            "            limits: {cpu: '4', memory: 16Gi}", "        outputs:", "          out:",
            "            type: volume", f"            flow: data-{index}", "            config: {mountPath: /out}",
        ]
    lines += ["    flows:"]
    for index in range(components):
        lines += [f"      data-{index}:", "        type: volume", "        config: {size: 10Gi}"]
    return "\n".join(lines) + "\n"


def app_name(index):
    return f"team-{index % 10}", f"app-{index:05d}"


def make_data(folder, apps, commits, batch=1):
    """Makes `folder/graphs.git` with `apps` apps and `commits` commits by git fast-import.

    The first commit adds all apps; each later one changes `batch` of them.
    """
    repository = pathlib.Path(folder) / "graphs.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", repository], check=True)
    process = subprocess.Popen(
        ["git", "fast-import", "--quiet"], cwd=repository, stdin=subprocess.PIPE)
    out = process.stdin

    def data(text):
        raw = text.encode()
        out.write(b"data %d\n%s\n" % (len(raw), raw))

    def commit(number, message):
        out.write(b"commit refs/heads/main\ncommitter Ada <ada@example.com> %d +0000\n" % (1_700_000_000 + number))
        data(message)

    def write(index, rate):
        namespace, name = app_name(index)
        out.write(f"M 100644 inline apps/{namespace}/{name}/graph.yaml\n".encode())
        data(graph(namespace, name, rate))

    commit(0, "Add all apps")
    out.write(b"M 100644 inline rampart.yaml\n")
    data("format: 1\n")
    for index in range(apps):
        write(index, "0.1")
    number = 0
    for step in range(1, commits):
        commit(step, f"Change {step}")
        for _ in range(batch):
            write(number * 7919 % apps, f"{step}.5")
            number += 1
    out.close()
    if process.wait() != 0:
        raise SystemExit("git fast-import failed")
    return repository


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="rampart-bench-") as path:
        yield path


class Running:
    """A `rampart` process whose first lines were read."""

    def __init__(self, arguments, pattern):
        self.log = tempfile.NamedTemporaryFile("w+")
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [RAMPART] + arguments, stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            found = re.search(pattern, line)
            if found:
                self.address = found.group(1)
                break
        else:
            raise SystemExit(pathlib.Path(self.log.name).read_text())
        self.start_seconds = time.perf_counter() - self.started

    @property
    def host(self):
        return self.address.split("//")[1].split("/")[0]

    def peak_megabytes(self):
        status = open(f"/proc/{self.process.pid}/status").read()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024

    def get(self, path):
        status, body = request(self.host, "GET", path)
        if status >= 300:
            raise SystemExit(f"GET {path}: {status} {body}")
        return body

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.log.close()


@contextlib.contextmanager
def sandbox(path, controller=True):
    """A sandbox in a process of its own; yields it, with `kubeconfig`."""
    kubeconfig = f"{path}/kubeconfig"
    running = Running(
        ["sandbox", "--listen", "127.0.0.1:0", "--kubeconfig-out", kubeconfig]
        + ([] if controller else ["--no-controller"]), r"(http://\S+)")
    running.kubeconfig = kubeconfig
    try:
        yield running
    finally:
        running.end()


@contextlib.contextmanager
def serve(path, kubeconfig, *options):
    """A service on the data in `path` and the cluster of the kubeconfig."""
    running = Running(
        ["serve", "--data", path, "--listen", "127.0.0.1:0", "--kubeconfig", kubeconfig, "--log-level", "info", *options],
        r"API\S*\s+(?:\S*m)?(http://\S+)")
    try:
        yield running
    finally:
        running.end()


def request(host, method, path, body=None):
    connection = http.client.HTTPConnection(host, timeout=120)
    headers = {"Content-Type": "application/json"} if body is not None else {}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    response = connection.getresponse()
    raw = response.read()
    connection.close()
    try:
        return response.status, json.loads(raw)
    except ValueError:
        return response.status, raw


def wait(what, condition, seconds=600):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.03)  # seldom enough that asking costs nothing beside the work
    raise SystemExit(f"not in time: {what}")


def all_synced(service, count):
    sync = service.get("/api/v1/sync?state=failed")
    return sync["counts"]["synced"] >= count and sync


def timed(arguments, **options):
    """Seconds that a program takes, the best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, **options)
        best = min(best, time.perf_counter() - start)
    return best
