"""A push of 1,000 changed graphs, through the hook that checks them, against the same push to a plain repository."""

import statistics
import subprocess
import time

from push import GIT
from tools import all_synced, app_name, folder, graph, make_data, report, sandbox, serve, wait


def push_seconds(work, remote):
    start = time.perf_counter()
    subprocess.run(["git", "push", "--quiet", remote, "HEAD:main"], cwd=work, check=True, env=GIT, capture_output=True)
    return time.perf_counter() - start


def run(apps=1_000, rounds=5):
    with folder() as path, sandbox(path) as cluster:
        make_data(f"{path}", apps, 1)
        plain = f"{path}/plain.git"
        subprocess.run(["git", "clone", "--quiet", "--bare", f"{path}/graphs.git", plain], check=True, env=GIT)
        with serve(path, cluster.kubeconfig) as service:
            wait("first sync", lambda: all_synced(service, apps))
            work = f"{path}/work"
            subprocess.run(["git", "clone", "--quiet", f"{path}/graphs.git", work], check=True, env=GIT)
            ways = {"file system": f"{path}/graphs.git", "HTTP": f"http://{service.host}/git/graphs.git"}
            times = {way: [] for way in [*ways, "plain"]}
            for number in range(rounds * len(ways)):
                for index in range(apps):
                    namespace, name = app_name(index)
                    with open(f"{work}/apps/{namespace}/{name}/graph.yaml", "w") as file:
                        file.write(graph(namespace, name, f"{number}.25"))
                subprocess.run(["git", "commit", "--quiet", "--all", "--message", "All"], cwd=work, check=True, env=GIT)
                times["plain"].append(push_seconds(work, plain))
                way = list(ways)[number % len(ways)]
                times[way].append(push_seconds(work, ways[way]))
                head = subprocess.run(
                    ["git", "rev-parse", "HEAD"], cwd=work, check=True, capture_output=True, text=True).stdout.strip()
                # What the service does with the last push is not to be measured in the next.
                wait("sync", lambda: (sync := all_synced(service, apps)) and sync["head"] == head)
            peer = statistics.median(times["plain"])
            for way in ways:
                taken = statistics.median(times[way])
                report(f"push of {apps:,} changed graphs, {way}", taken, "s", peer, "a plain repository")
                report("  the check of it", taken - peer, "s", goal="at most 2 s")
