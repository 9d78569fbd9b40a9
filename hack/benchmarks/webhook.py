"""From `git push` to a remote returning, through a webhook, to the resource changed."""

import http.client
import subprocess

from push import GIT, push_changes
from remote import bare, over_https
from tools import all_synced, folder, make_data, report, sandbox, serve, wait


def deliver(host, secret):
    """What a forge does after a push, in the form for scripts."""
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("POST", "/api/v1/webhooks/generic", headers={"Authorization": f"Bearer {secret}"})
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status != 202:
        raise SystemExit(f"webhook: {response.status}")


def measure(name, url, path, *more, apps=1_000, rounds=20):
    secret = "f" * 64
    with open(f"{path}/secret", "w") as file:
        file.write(secret)
    options = ["--remote", url, "--remote-interval", "3600", "--webhook-secret-file", f"generic={path}/secret", *more]
    with sandbox(path) as cluster, serve(f"{path}/data", cluster.kubeconfig, *options) as service:
        wait("first sync", lambda: all_synced(service, apps))
        delay, push = push_changes(url, path, cluster, rounds, lambda: deliver(service.host, secret))
        report(f"push to {name} -> webhook -> resource changed", delay * 1000, "ms", push * 1000, "git push")


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
        with over_https(path) as (origin, certificate):
            measure(
                "https:// (git http-backend behind Python)", f"{origin}/remote.git", path, "--remote-ca", certificate)
