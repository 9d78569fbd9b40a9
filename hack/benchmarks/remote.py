"""Saves through REST that are on a remote before they are answered, against plain `git push` to the same place."""

import contextlib
import pathlib
import statistics
import subprocess
import sys
import time

from push import GIT
from saves import storm
from tools import folder, graph, report, sandbox, serve


def pushes_a_second(path, remote, count=30):
    """One `git push` of one small commit after the other, as an engineer or a script would do it."""
    work = f"{path}/peer"
    subprocess.run(["git", "clone", "--quiet", remote, work], check=True, env=GIT)
    times = []
    for number in range(count):
        pathlib.Path(f"{work}/graph.yaml").write_text(graph("default", "peer", number))
        subprocess.run(["git", "add", "graph.yaml"], cwd=work, check=True, env=GIT)
        subprocess.run(["git", "commit", "--quiet", "--message", "Save"], cwd=work, check=True, env=GIT)
        start = time.perf_counter()
        subprocess.run(["git", "push", "--quiet", "origin", "HEAD:main"], cwd=work, check=True, env=GIT)
        times.append(time.perf_counter() - start)
    return 1 / statistics.median(times)


def measure(name, url, path, *options):
    with sandbox(path) as cluster, serve(f"{path}/data", cluster.kubeconfig, "--remote", url, *options) as service:
        peer = pushes_a_second(path, url)
        one, median, slow = storm(service.host, 1)
        report(f"saves a second through {name}, 1 client", one, "/s", peer, "git push")
        report("  p50", median * 1000, "ms", 1000 / peer, "git push")
        report("  p99", slow * 1000, "ms")
        many, median, slow = storm(service.host, 32)
        report("  saves a second, 32 clients", many, "/s", peer, "git push")
        report("  p50 at 32 clients", median * 1000, "ms")


def bare(path):
    remote = f"{path}/repositories/remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", remote], check=True, env=GIT)
    return remote


@contextlib.contextmanager
def over_https(path):
    """The repositories of a folder, served by git http-backend behind a small server in Python.

    Yields its origin, and the file with the certificate that git and the service are to trust.
    """
    certificate, key = f"{path}/server.crt", f"{path}/server.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, stderr=subprocess.DEVNULL)
    script = pathlib.Path(__file__).parents[2] / "Tests/git-https-server.py"
    server = subprocess.Popen(
        [sys.executable, script, f"{path}/repositories", "--cert", certificate, "--key", key],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    GIT["GIT_SSL_CAINFO"] = certificate
    try:
        yield f"https://127.0.0.1:{server.stdout.readline().split()[-1]}", certificate
    finally:
        del GIT["GIT_SSL_CAINFO"]
        server.stdin.close()
        server.wait(10)


def run():
    with folder() as path:
        measure("file://", f"file://{bare(path)}", path)
    with folder() as path:
        bare(path)
        with over_https(path) as (origin, certificate):
            measure(
                "https:// (git http-backend behind Python)", f"{origin}/remote.git", path, "--remote-ca", certificate)
