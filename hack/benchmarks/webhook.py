"""From `git push` to a remote returning, through a webhook, to the resource changed."""

import http.client
import statistics
import subprocess
import time

from push import GIT, Watch
from remote import bare, over_http
from tools import all_synced, app_name, folder, graph, make_data, report, sandbox, serve, wait


def deliver(host, secret):
    """What a forge does after a push, in the form for scripts."""
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("POST", "/api/v1/webhooks/generic", headers={"Authorization": f"Bearer {secret}"})
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != 202:
        raise SystemExit(f"webhook: {response.status}")


def measure(name, url, path, apps=1_000, rounds=20):
    secret = "f" * 64
    with open(f"{path}/secret", "w") as file:
        file.write(secret)
    options = ["--remote", url, "--remote-interval", "3600", "--webhook-secret-file", f"generic={path}/secret"]
    with sandbox(path) as cluster, serve(f"{path}/data", cluster.kubeconfig, *options) as service:
        wait("first sync", lambda: all_synced(service, apps))
        work = f"{path}/work"
        subprocess.run(["git", "clone", "--quiet", url, work], check=True, env=GIT)
        namespace, app = app_name(3)
        watch = Watch(cluster.host, namespace, app)
        delays, pushes = [], []
        for number in range(rounds):
            rate = 1000.5 + number
            with open(f"{work}/apps/{namespace}/{app}/graph.yaml", "w") as file:
                file.write(graph(namespace, app, rate))
            subprocess.run(["git", "commit", "--quiet", "--all", "--message", "Change"], cwd=work, check=True, env=GIT)
            start = time.perf_counter()
            subprocess.run(["git", "push", "--quiet", "origin", "HEAD:main"], cwd=work, check=True, env=GIT)
            pushed = time.perf_counter()
            deliver(service.host, secret)
            wait("applied", lambda: rate in watch.seen, 60)
            delays.append(watch.seen[rate] - pushed)
            pushes.append(pushed - start)
        push = statistics.median(pushes) * 1000
        report(f"push to {name} -> webhook -> resource changed", statistics.median(delays) * 1000, "ms", push, "git push")


def filled(path, apps=1_000):
    """A remote with some apps in it."""
    remote = bare(path)
    subprocess.run(
        ["git", "push", "--quiet", remote, "main:main"], cwd=make_data(path, apps, 1), check=True, env=GIT)
    return remote


def run():
    with folder() as path:
        measure("file://", f"file://{filled(path)}", path)
    with folder() as path:
        filled(path)
        with over_http(path) as origin:
            measure("http:// (git http-backend behind Python)", f"{origin}/remote.git", path)
