"""From `git push` returning to the resource changed, at 10, 1,000 and 10,000 apps."""

import http.client
import json
import os
import statistics
import subprocess
import threading
import time

from tools import all_synced, app_name, folder, graph, make_data, report, sandbox, serve, wait

GIT = {**os.environ, "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
       "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}


class Watch(threading.Thread):
    """Watches one RampartGraph and notes when its spec changed."""

    def __init__(self, host, namespace, name):
        super().__init__(daemon=True)
        path = f"/apis/rampart.petuum.com/v1beta2/namespaces/{namespace}/rampartgraphs"
        self.connection = http.client.HTTPConnection(host, timeout=600)
        self.connection.request("GET", f"{path}?watch=1&fieldSelector=metadata.name%3D{name}")
        self.response = self.connection.getresponse()
        self.seen = {}
        self.start()

    def run(self):
        while line := self.response.readline():
            event = json.loads(line)
            graph = event["object"].get("spec", {}).get("graph", {})
            rate = graph.get("components", {}).get("component-0", {}).get("config", {}).get("rate")
            self.seen.setdefault(rate, time.perf_counter())


def push_changes(url, path, cluster, rounds, afterwards=lambda: None):
    """Pushes changes of one app, one after the other, and waits for each to be in the cluster.

    Returns the medians of the time from the end of a push to the changed resource, and of a push, in seconds.
    """
    work = f"{path}/work"
    subprocess.run(["git", "clone", "--quiet", url, work], check=True, env=GIT)
    namespace, name = app_name(3)
    watch = Watch(cluster.host, namespace, name)
    delays, pushes = [], []
    for number in range(rounds):
        rate = 1000.5 + number
        with open(f"{work}/apps/{namespace}/{name}/graph.yaml", "w") as file:
            file.write(graph(namespace, name, rate))
        subprocess.run(["git", "commit", "--quiet", "--all", "--message", "Change"], cwd=work, check=True, env=GIT)
        start = time.perf_counter()
        subprocess.run(["git", "push", "--quiet", "origin", "HEAD:main"], cwd=work, check=True, env=GIT)
        pushed = time.perf_counter()
        afterwards()
        wait("applied", lambda: rate in watch.seen, 60)
        delays.append(watch.seen[rate] - pushed)  # below zero: changed before the push returned
        pushes.append(pushed - start)
    return statistics.median(delays), statistics.median(pushes)


def measure(apps, rounds=20):
    with folder() as path, sandbox(path) as cluster:
        make_data(path, apps, 1)
        with serve(path, cluster.kubeconfig) as service:
            wait("first sync", lambda: all_synced(service, apps))
            return push_changes(f"{path}/graphs.git", path, cluster, rounds)


def run():
    base = None
    for apps in (10, 1_000, 10_000):
        delay, push = measure(apps)
        report(f"push returned -> resource changed, {apps:,} apps", delay * 1000, "ms", push * 1000, "git push",
               "flat" if base else "")
        base = base or delay
