"""100,000 saves: what a save takes at the start and at the end, and what the repository takes beside what `git gc` makes of it.

RAMPART_BENCH_SAVES says how many saves.
"""

import http.client
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import threading
import time

from saves import manifest
from tools import folder, report, request, sandbox, serve

SAVES = int(os.environ.get("RAMPART_BENCH_SAVES", "100000"))
CLIENTS = 32
ALONE = 1_000


def loose_objects(repository):
    return sum(len(os.listdir(path)) for path in pathlib.Path(repository, "objects").glob("[0-9a-f][0-9a-f]"))


def packs(repository):
    return len(list(pathlib.Path(repository, "objects/pack").glob("*.pack")))


def megabytes(repository):
    blocks = 0
    for path, _, names in os.walk(f"{repository}/objects"):
        for name in names:
            try:
                blocks += os.lstat(f"{path}/{name}").st_blocks
            except FileNotFoundError:  # packed in this moment
                pass
    return blocks * 512 / 1e6


class Saver:
    """Saves one app again and again over one connection."""

    def __init__(self, host, name):
        self.connection = http.client.HTTPConnection(host, timeout=120)
        self.name = name
        self.number = 0

    def save(self):
        self.number += 1
        body = json.dumps(manifest(self.name, self.number + 0.5))
        start = time.perf_counter()
        self.connection.request(
            "POST", f"/api/v1/apps/default_{self.name}/graph", body, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"save: {response.status}")
        return time.perf_counter() - start


def storm(savers, count, watch):
    """All at once until `count` saves are done; returns their times in the order of their ends."""
    times = []

    def work(saver):
        while len(times) < count:
            times.append(saver.save())

    threads = [threading.Thread(target=work, args=(saver,)) for saver in savers]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        watch(len(times))
        time.sleep(2)
    for thread in threads:
        thread.join()
    return times


def settle(service):
    """Waits until the repository is in order."""
    while True:
        state = service.get("/api/v1/sync")["housekeeping"]
        if state["state"] == "ok":
            return
        if state["state"] not in ("running", "pending"):
            raise SystemExit(f"housekeeping: {state}")
        time.sleep(0.5)


def make(service, name):
    status, body = request(service.host, "POST", "/api/v1/graphs", manifest(name, 0.1))
    if status != 201:
        raise SystemExit(f"create: {status} {body}")
    return Saver(service.host, name)


def side_by_side(old, new):
    """p50 of each in turns, so that a disk that is slower at one time than at another counts for both."""
    times = ([], [])
    for _ in range(ALONE // 50):
        for saver, list in zip((old, new), times):
            list.extend(saver.save() for _ in range(50))
    return [statistics.median(list) for list in times]


def run():
    with folder() as path, sandbox(path, controller=False) as cluster, serve(
            f"{path}/data", cluster.kubeconfig) as service:
        repository = f"{path}/data/graphs.git"
        savers = [make(service, f"app-{index}") for index in range(CLIENTS)]
        seen = []
        start = time.perf_counter()

        def watch(done):
            seen.append((loose_objects(repository), packs(repository)))
            if len(seen) % 10 == 1:
                print(f"    {done:>7} saves: {seen[-1][0]:>6} loose objects, {seen[-1][1]:>3} packs", flush=True)

        times = storm(savers, SAVES - ALONE, watch)
        seconds = time.perf_counter() - start
        settle(service)
        with serve(f"{path}/fresh", cluster.kubeconfig) as fresh:
            anew = [make(fresh, saver.name) for saver in savers]
            last, first = side_by_side(savers[0], anew[0])
        report(f"the last {ALONE} of {SAVES} saves, 1 client, p50", last * 1000, "ms", first * 1000,
               "a new repository, in turns", "at most 1.2 x")
        times_last, times_first = statistics.median(times[-ALONE:]), statistics.median(times[:ALONE])
        report("  32 clients", times_last * 1000, "ms", times_first * 1000, f"the first {ALONE}")
        report("  saves a second, 32 clients", len(times) / seconds, "/s")
        report("loose objects, the most that were seen", max(loose for loose, _ in seen), "")
        report("packs, the most that were seen", max(count for _, count in seen), "")
        settle(service)
        shutil.copytree(repository, f"{path}/copy.git")
        subprocess.run(["git", "gc", "--quiet"], cwd=f"{path}/copy.git", check=True)
        size, least = megabytes(repository), megabytes(f"{path}/copy.git")
        report("the objects on the disk", size, "MB", least, "git gc", "at most 2 x")
        report("  loose objects and packs", loose_objects(repository), f"and {packs(repository)} packs")
        start = time.perf_counter()
        subprocess.run(["git", "fsck", "--strict", "--no-dangling", "--no-progress"], cwd=repository, check=True)
        report("git fsck --strict finds nothing, and takes", time.perf_counter() - start, "s")
        report("memory of the service, peak", service.peak_megabytes(), "MB")
