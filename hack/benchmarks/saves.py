"""Saves through REST, each with fsync before its answer, against `git commit`."""

import http.client
import json
import statistics
import subprocess
import threading
import time

from tools import folder, graph, report, request, sandbox, serve


def manifest(name, rate):
    return {
        "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"graph": {
            "components": {"trainer": {
                "type": "generic-service",
                "chart": {"repo": "rampart-repo", "name": "rampart-test-component", "version": "1.1.2"},
                "config": {"rate": rate}, "outputs": {"out": {"type": "volume", "flow": "data"}}}},
            "flows": {"data": {"type": "volume", "config": {"size": "1Gi"}}}}}}


def client(host, name, seconds, latencies):
    """Saves one app again and again over one connection."""
    connection = http.client.HTTPConnection(host, timeout=60)
    end = time.perf_counter() + seconds
    number = 0
    while time.perf_counter() < end:
        number += 1
        body = json.dumps(manifest(name, number + 0.5))
        start = time.perf_counter()
        connection.request("POST", f"/api/v1/apps/default_{name}/graph", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"save: {response.status}")
        latencies.append(time.perf_counter() - start)


def storm(host, clients, seconds=10):
    latencies = []
    names = [f"app-{clients}-{index}" for index in range(clients)]
    for name in names:
        status, body = request(host, "POST", "/api/v1/graphs", manifest(name, 0.1))
        if status != 201:
            raise SystemExit(f"create: {status} {body}")
    threads = [threading.Thread(target=client, args=(host, name, seconds, latencies)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    latencies.sort()
    return len(latencies) / seconds, statistics.median(latencies), latencies[int(len(latencies) * 0.99)]


def git_commit_seconds(path, count=50):
    """One `git commit` with fsync of a changed manifest, in a work tree of its own."""
    work = f"{path}/peer"
    subprocess.run(["git", "init", "--quiet", work], check=True)
    options = ["-c", "core.fsync=committed,reference", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    times = []
    for number in range(count):
        with open(f"{work}/graph.yaml", "w") as file:
            file.write(graph("default", "demo", number))
        start = time.perf_counter()
        subprocess.run(["git", "add", "graph.yaml"], cwd=work, check=True)
        subprocess.run(["git", *options, "commit", "--quiet", "--message", "Save"], cwd=work, check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def run():
    with folder() as path, sandbox(path) as cluster, serve(f"{path}/data", cluster.kubeconfig) as service:
        peer = git_commit_seconds(path)
        rate, median, slow = storm(service.host, 1)
        report("one save with fsync, p50", median * 1000, "ms", peer * 1000, "git commit", "at most 10 ms")
        report("  p99", slow * 1000, "ms")
        report("  saves a second, 1 client", rate, "/s")
        many, median, slow = storm(service.host, 32)
        report("  saves a second, 32 clients", many, "/s", rate, "1 client")
        report("  p50 at 32 clients", median * 1000, "ms")
        report("  p99 at 32 clients", slow * 1000, "ms")
