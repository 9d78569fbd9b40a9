"""A first sync of 1,000 apps against kubectl, and a second one with nothing to do.

Without the sandbox's controller, for both: its work on the same two cores is no part of applying.
"""

import pathlib
import subprocess
import time

from tools import all_synced, app_name, folder, graph, make_data, report, sandbox, serve, wait


def kubectl_seconds(path, apps):
    """`kubectl apply --server-side -f` of the same manifests against a sandbox of its own."""
    manifests = pathlib.Path(path) / "manifests"
    manifests.mkdir()
    namespaces = set()
    for index in range(apps):
        namespace, name = app_name(index)
        namespaces.add(namespace)
        (manifests / f"{name}.yaml").write_text(graph(namespace, name, "0.1"))
    other = pathlib.Path(path) / "other"
    other.mkdir()
    with sandbox(str(other), controller=False) as cluster:
        kubectl = ["kubectl", "--kubeconfig", cluster.kubeconfig]
        for namespace in sorted(namespaces):
            subprocess.run(kubectl + ["create", "namespace", namespace], check=True, stdout=subprocess.DEVNULL)
        start = time.perf_counter()
        subprocess.run(
            kubectl + ["apply", "--server-side", "-f", str(manifests)], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start


def resource_version(cluster):
    return cluster.get("/apis/rampart.petuum.com/v1beta2/rampartgraphs?limit=1")["metadata"]["resourceVersion"]


def run(apps=1000):
    with folder() as path:
        peer = kubectl_seconds(path, apps)
        with sandbox(path, controller=False) as cluster:
            make_data(path, apps, 1)
            with serve(path, cluster.kubeconfig) as service:
                wait("first sync", lambda: all_synced(service, apps))
                seconds = time.perf_counter() - service.started
            report("first sync of 1,000 apps, from the start of the process", seconds, "s", peer,
                   "kubectl apply --server-side", "at most 0.4 x")
            time.sleep(3)  # the sandbox's controller finishes
            before = resource_version(cluster)
            with serve(path, cluster.kubeconfig) as service:
                wait("second sync", lambda: all_synced(service, apps))
                time.sleep(1)
            changed = int(resource_version(cluster)) - int(before)
            report("second sync: writes that reached the cluster", changed, "writes", goal="0")
