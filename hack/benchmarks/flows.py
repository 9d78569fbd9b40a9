"""Files and repositories of flows: through the service against straight to the flows service, and against git."""

import contextlib
import os
import pathlib
import subprocess

from rest import wrk
from tools import Running, folder, report, request, sandbox, timed

SIZE = 1 << 30


@contextlib.contextmanager
def started(arguments, pattern):
    running = Running(arguments, pattern)
    try:
        yield running
    finally:
        running.end()


def fill(path):
    """A flow with a file of 1 GiB, and one with a repository whose `data` has 1,000 files."""
    data, code = pathlib.Path(path, "flows/data"), pathlib.Path(path, "flows/code")
    (code / "data").mkdir(parents=True)
    data.mkdir(parents=True)
    block = os.urandom(1 << 20)
    with open(data / "model.bin", "wb") as file:
        for _ in range(SIZE >> 20):
            file.write(block)
    for index in range(1_000):
        (code / "data" / f"file-{index:04d}.csv").write_text(f"{index}\n")
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-C", code]
    subprocess.run(git + ["init", "--quiet", "--initial-branch=main"], check=True)
    subprocess.run(git + ["add", "."], check=True)
    subprocess.run(git + ["commit", "--quiet", "-m", "first"], check=True)


def download(url):
    """MB/s, the best of three."""
    return SIZE / 1e6 / timed(["curl", "--silent", "--fail", "--output", "/dev/null", url])


def run():
    with folder() as path:
        fill(path)
        flows = ["flows", "--root", f"{path}/flows", "--listen", "127.0.0.1:0"]
        with sandbox(path) as cluster, started(flows, r"(http://\S+)") as beside:
            serve = [
                "serve", "--data", f"{path}/data", "--listen", "127.0.0.1:0", "--kubeconfig", cluster.kubeconfig,
                "--volume-flows-url", beside.address, "--repository-flows-url", beside.address,
            ]
            with started(serve, r"API\S*\s+(?:\S*m)?(http://\S+)") as service:
                host = service.host
                manifest = {
                    "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
                    "metadata": {"namespace": "default", "name": "demo"}, "spec": {"graph": {"components": {}, "flows": {}}},
                }
                status, body = request(host, "POST", "/api/v1/graphs", manifest)
                assert status == 201, body
                file = "flows_service/data/file?path=model.bin"
                direct = download(f"{beside.address}/api/v1/app/{file}")
                before = (service.peak_megabytes(), beside.peak_megabytes())
                through = download(f"http://{host}/api/v1/app/default_demo/{file}")
                report("a file of 1 GiB through the service", through, "MB/s", direct, "straight")
                report("memory of the service, at its highest", service.peak_megabytes(), "MB", before[0], "before")
                report("memory of the flows service, at its highest", beside.peak_megabytes(), "MB")
            tree = f"{beside.address}/api/v1/app/flows_service/code/repo-directory?path=data&branch=main"
            rate = wrk(tree, connections=2) / 2
            git = timed(["git", "-C", f"{path}/flows/code", "ls-tree", "main:data"])
            report("repo-directory of 1,000 files", 1_000 / rate, "ms", git * 1_000, "git ls-tree", "1 x")
