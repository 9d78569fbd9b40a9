"""A branch of 200,000 commits over 10,000 apps: what a first start costs, and a second one."""

import pathlib
import re
import time

from fold import fold_times
from tools import folder, make_data, report, sandbox, serve, timed


def run(apps=10_000, commits=200_000):
    with folder() as path:
        start = time.perf_counter()
        repository = make_data(path, apps, commits)
        print(f"  (made in {time.perf_counter() - start:.0f} s by git fast-import)", flush=True)
        peer = timed(["git", "log", "--first-parent", "--raw", "main"], cwd=repository)
        with sandbox(path, controller=False) as cluster:
            with serve(path, cluster.kubeconfig) as service:
                walk, total = fold_times(pathlib.Path(service.log.name).read_text())
                report(f"cold fold, {commits:,} commits, {apps:,} apps: the walk", walk, "s", peer, "git log --raw")
                report("  parsing and hashing of the manifests, apart", total - walk, "s", peer, "git log --raw")
                report("first start, until it answers", service.start_seconds, "s", peer, "git log --raw")
                report("  peak memory", service.peak_megabytes(), "MB")
            with serve(path, cluster.kubeconfig) as service:
                report("restart on current index files, until it answers", service.start_seconds, "s", total, "cold fold")
                service.get("/api/v1/apps")
                text = pathlib.Path(f"/proc/{service.process.pid}/status").read_text()
                report("  memory", int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024, "MB")
