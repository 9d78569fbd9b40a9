"""Peak memory of a service that folds, syncs, and answers a list."""

from tools import all_synced, folder, make_data, report, sandbox, serve, wait


def measure(apps, versions):
    with folder() as path, sandbox(path) as cluster:
        batch = 100
        make_data(path, apps, 1 + apps * (versions - 1) // batch, batch)
        with serve(path, cluster.kubeconfig) as service:
            wait("first sync", lambda: all_synced(service, apps))
            service.get("/api/v1/apps")
            return service.peak_megabytes()


def run():
    report("peak memory, 1,000 apps x 5 versions", measure(1_000, 5), "MB", goal="at most 60 MB")
    report("peak memory, 10,000 apps x 10 versions", measure(10_000, 10), "MB", goal="at most 200 MB")
