"""Reads over REST with wrk: the list against nginx, one app against /healthz."""

import pathlib
import re
import subprocess
import time
import urllib.request

from tools import all_synced, app_name, folder, make_data, report, sandbox, serve, wait

NGINX = """
worker_processes 2; daemon off; pid {path}/nginx.pid; error_log {path}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type application/json;
  client_body_temp_path {path}/t1; proxy_temp_path {path}/t2; fastcgi_temp_path {path}/t3;
  uwsgi_temp_path {path}/t4; scgi_temp_path {path}/t5;
  server {{ listen 127.0.0.1:{port}; root {path}/www; }}
}}
"""


def wrk(url, script=None, seconds=8, connections=16):
    arguments = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s"] + (["-s", script] if script else []) + [url]
    output = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output and not (script and script.endswith("unchanged.lua")):
        raise SystemExit(output)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))


def all_apps_script(path, apps, prefix="/api/v1/apps/"):
    ids = ", ".join('"{}_{}"'.format(*app_name(index)) for index in range(apps))
    script = pathlib.Path(path) / "apps.lua"
    script.write_text(
        f"local ids = {{{ids}}}\nlocal next = 0\n"
        "request = function()\n  next = next % #ids + 1\n"
        f'  return wrk.format("GET", "{prefix}" .. ids[next])\nend\n')
    return str(script)


def unchanged_script(path, etag):
    script = pathlib.Path(path) / "unchanged.lua"
    script.write_text(f"wrk.headers['If-None-Match'] = '{etag}'\n")
    return str(script)


def nginx_rate(path, body):
    """The rate at which Debian's nginx serves the same bytes from a file."""
    root = pathlib.Path(path) / "www"
    root.mkdir()
    (root / "apps.json").write_bytes(body)
    root.chmod(0o755)
    pathlib.Path(path).chmod(0o755)
    port = 18099
    configuration = pathlib.Path(path) / "nginx.conf"
    configuration.write_text(NGINX.format(path=path, port=port))
    process = subprocess.Popen(["nginx", "-c", str(configuration)])
    try:
        url = f"http://127.0.0.1:{port}/apps.json"

        def answers():
            try:
                return urllib.request.urlopen(url, timeout=5).status == 200
            except OSError:
                return False

        wait("nginx", answers)
        return wrk(url)
    finally:
        process.terminate()
        process.wait()


def current_tag(origin):
    """The list's ETag once the cluster's controller has come to rest, so that the answer is a 304 for sure."""
    tags = []

    def rests():
        with urllib.request.urlopen(f"{origin}/api/v1/apps") as response:
            response.read()
            tags.append(response.headers["ETag"])
        time.sleep(1)
        return len(tags) > 1 and tags[-1] == tags[-2]

    wait("the list to rest", rests)
    return tags[-1]


def run(apps=1000):
    with folder() as path, sandbox(path) as cluster:
        make_data(path, apps, 1)
        with serve(path, cluster.kubeconfig) as service:
            wait("first sync", lambda: all_synced(service, apps))
            origin = f"http://{service.host}"
            with urllib.request.urlopen(f"{origin}/api/v1/apps") as response:
                body = response.read()
            report("GET /api/v1/apps, size", len(body) / 1e6, "MB")
            rate = wrk(f"{origin}/api/v1/apps")
            report("GET /api/v1/apps, 1,000 apps", rate, "/s", nginx_rate(path, body), "nginx", "at least 0.5 x")
            unchanged = wrk(f"{origin}/api/v1/apps", unchanged_script(path, current_tag(origin)))
            report("  unchanged (304)", unchanged, "/s", rate, "200")
            health = wrk(f"{origin}/healthz")
            report("GET /healthz", health, "/s")
            one = wrk(origin, all_apps_script(path, apps))
            report("GET /api/v1/apps/{app_id}, all of 1,000 in turn", one, "/s", health, "/healthz", "at least 0.5 x")
            report("GET /api/v1/apps/status/list, 1,000 apps", latency(f"{origin}/api/v1/apps/status/list"), "ms",
                   goal="at most 100 ms")
            status = wrk(origin, all_apps_script(path, apps, "/api/v1/graph-status/"))
            report("GET /api/v1/graph-status/{app_id}, all of 1,000 in turn", status, "/s", health, "/healthz")


def latency(url, rounds=20):
    """The median time of one answer, in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        with urllib.request.urlopen(url) as response:
            response.read()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)[rounds // 2]
