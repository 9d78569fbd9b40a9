"""A client that means harm, at every endpoint of openapi.json.

What counts as a failure is at the end of each part: an answer of 500 or more (501 for a method that is none and 503 for a place
that is taken aside), a process that has ended, a second answer to one request (smuggling), a file of the machine in an answer, others
that wait, memory past the bound.
"""

import argparse
import contextlib
import gzip
import http.client
import http.server
import json
import multiprocessing
import pathlib
import random
import re
import select
import socket
import statistics
import subprocess
import threading
import time

import wire
from service import files, folder, is_alive, serve, sandbox, status, wait

PATH_VALUES = [
    "..", ".", "%2e%2e", "..%2f..%2f..%2fetc%2fpasswd", "....//....//etc/passwd", "%2fetc%2fpasswd", "%00", "a%00b", "%ff%fe",
    "%c0%ae%c0%ae", "%", "%zz", "%25%32%65", "default_demo%0d%0aX-Injected:%20yes", "_", "__", "a_b_c", "default_" + "a" * 64,
    "a" * 7_000, "default_%F0%9F%92%A9", "default_demo%20", "-", "--help", "*", "default_DEMO", "%E2%80%AE", "..;", "default_demo;a=b",
    "$(id)", "`id`", "'%20OR%201=1", "{{7*7}}", "-1", "0", "99999999999999999999", "1e9", "NaN", "refs%2fheads%2fmain",
]
QUERIES = [
    "", "?", "?" + "a=b&" * 1_500, "?path=../../../../etc/passwd", "?path=%2fetc%2fpasswd", "?path=%00", "?%ff=%ff", "?limit=-1",
    "?limit=99999999999999999999", "?page=1e308", "?=&=&==", "?a[]=1&a[b]=2", "?" + "x" * 7_000, "?state=%F0%9F%92%A9",
    "?from=-1&to=99999999999", "?branch=--upload-pack=id", "?branch=../../HEAD", "?ref=@{-1}", "?watch=true&timeout=1e99",
]
HEADERS = [
    {"If-Match": '"' + "a" * 5_000 + '"'}, {"If-Match": "\x01\x02"}, {"If-None-Match": ", ".join(['"a"'] * 2_000)},
    {"Range": "bytes=0-0,1-1,2-2," * 500 + "0-"}, {"Range": "bytes=-99999999999999999999"}, {"Range": "potatoes=1-2"},
    {"Authorization": "Bearer " + "a" * 20_000}, {"Authorization": "Basic " + "=" * 100}, {"Authorization": "\xff\xfe"},
    {"X-Forwarded-For": "999.999.999.999, ' OR 1=1 --"}, {"X-Forwarded-User": "root\x7f"}, {"Accept": "*/*;q=" + "9" * 1_000},
    {"Accept-Encoding": "gzip;q=NaN, " * 500}, {"Cookie": "a=b; " * 4_000}, {"Origin": "null"}, {"Origin": "http://evil.example"},
    {"Content-Encoding": "gzip"}, {"Expect": "100-continue"}, {"Upgrade": "websocket", "Connection": "Upgrade"},
    {"Connection": "close, keep-alive, te"}, {"X-HTTP-Method-Override": "DELETE"}, {"Date": "Mon, 99 Foo 9999 99:99:99 GMT"},
]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "BREW", "get", "G" * 300]


def graph(**spec):
    return {
        "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
        "metadata": {"name": "hostile", "namespace": "default"}, "spec": {"graph": {"components": {}, "flows": {}, **spec}}}


def yaml_bomb(levels=9):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        lines.append(f"a{level}: &a{level} [" + ", ".join([f"*a{level - 1}"] * 9) + "]")
    return "\n".join(lines) + "\n"


def bodies():
    deep = 200_000
    long = "x" * (2 << 20)
    wide = {f"c{index}": {"type": "a", "chart": {}} for index in range(20_000)}
    yield "application/json", b""
    for text in ["{", "]", "null", "0", '"x"', "[]", "{}", "{{}}", "NaN", "1e999999", "-", '{"a":1,}', '{"a":1}{"b":2}', "\ufeff{}"]:
        yield "application/json", text.encode()
    yield "application/json", b"[" * deep
    yield "application/json", b'{"a":' * deep
    yield "application/json", b"[" * deep + b"]" * deep
    yield "application/json", b'{"spec":' + b"9" * (1 << 20) + b"}"
    yield "application/json", b'{"a":"\xff\xfe\xc0\x80"}'
    yield "application/json", b'{"a":"\\ud800","b":"\\u0000"}'
    yield "application/json", b'{"metadata":{"name":"a","name":"b"},"metadata":[]}'
    yield "application/json", json.dumps({"appId": [], "version": {}, "deployed": "yes", "graph": 5, "name": None}).encode()
    yield "application/json", json.dumps(graph(components=wide)).encode()
    yield "application/json", json.dumps(graph(components={"x": {"config": {"v": long}}})).encode()
    yield "application/json", json.dumps({"graph": long, "yaml": yaml_bomb(), "content": yaml_bomb()}).encode()
    yield "application/json", json.dumps({"__proto__": {"x": 1}, "constructor": {"prototype": {}}}).encode()
    yield "application/json", ("{" + ",".join(f'"k{index}":{index}' for index in range(100_000)) + "}").encode()
    yield "application/yaml", yaml_bomb().encode()
    yield "application/yaml", ("a: " * 5_000).encode()
    yield "application/yaml", ("- " * 50_000).encode()
    yield "application/yaml", b"!!python/object/apply:os.system [id]\n"
    yield "application/yaml", b"a: &a {b: *a}\n"
    yield "application/yaml", b"%YAML 9.9\n--- !<tag:x> |\n" + b" x\n" * 100_000
    yield "application/json; charset=utf-16", '{"a":1}'.encode("utf-16")
    yield "application/x-www-form-urlencoded", b"a=b&" * 10_000
    yield "multipart/form-data; boundary=x", b"--x\r\n" * 10_000
    yield "text/plain\x0b", b"{}"
    yield "", b"\x00" * 100_000
    yield "application/json", gzip.compress(b"[" * (32 << 20))


class Findings:
    def __init__(self, running, document):
        self.running = running
        self.document = document
        self.problems = []
        self.requests = 0
        self.statuses = {}
        self.lock = threading.Lock()

    def problem(self, text):
        with self.lock:
            if len(self.problems) < 200:
                self.problems.append(text)
                print(f"  PROBLEM {text}", flush=True)

    def note(self, what, answers):
        """Judges what came back for one request; an answer of 0 is a closed connection."""
        with self.lock:
            self.requests += 1
            for answer in answers or [wire.Answer(0, {}, b"")]:
                self.statuses[answer.code] = self.statuses.get(answer.code, 0) + 1
        for answer in answers:
            if answer.code >= 500 and answer.code not in (501, 503):
                self.problem(f"{what}: {answer.code} {answer.body[:200]!r}")
            if b"root:x:0:" in answer.body or b"root:!:0:" in answer.body:
                self.problem(f"{what}: shows a file of the machine")
            if "x-injected" in answer.headers:
                self.problem(f"{what}: takes a header out of a path")
        if not is_alive(self.running):
            raise SystemExit(f"the service has ended after: {what}")


def operations(document):
    """Each path with its parameters and its methods."""
    for path, item in document["paths"].items():
        methods = {name.upper(): item[name] for name in item if name in ("get", "put", "post", "delete", "head", "options", "patch")}
        yield path, methods


def example(document, path, methods):
    """The path with the examples of its parameters."""
    parameters = list(document["paths"][path].get("parameters", []))
    for operation in methods.values():
        parameters += operation.get("parameters", [])
    values = {}
    for parameter in parameters:
        if "$ref" in parameter:
            parameter = document["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
        if parameter.get("in") == "path":
            values.setdefault(parameter["name"], str(parameter.get("example", "x")))
    return re.sub(r"\{([^}]+)\}", lambda found: values.get(found.group(1), "x"), path)


def at_every_endpoint(findings, host, base):
    """Everything that is well-formed HTTP and means harm all the same."""
    chosen = random.Random(findings.seed)
    all_bodies = list(bodies())
    for path, methods in operations(findings.document):
        plain = base + example(findings.document, path, methods)
        names = re.findall(r"\{([^}]+)\}", path)
        connection = wire.Kept(host)

        def send(method, target, headers=None, body=None):
            answers = connection.ask(method, target, headers or {}, body)
            findings.note(f"{method} {target[:120]} {str(headers or '')[:80]} {(body or b'')[:40]!r}", answers)

        for method in METHODS:
            send(method, plain)
        for query in QUERIES:
            send("GET", plain + query)
        for headers in HEADERS:
            for method in methods:
                send(method, plain, headers, b"{}" if method in ("POST", "PUT") else None)
        for name in names:
            for value in PATH_VALUES:
                target = base + re.sub(r"\{([^}]+)\}", lambda found: value if found.group(1) == name else "default_demo", path)
                for method in methods:
                    send(method, target, None, b"{}" if method in ("POST", "PUT") else None)
        for method in methods:
            if method in ("GET", "HEAD"):
                continue
            for kind, body in all_bodies:
                headers = {"Content-Type": kind} if kind else {}
                if body[:2] == b"\x1f\x8b":
                    headers["Content-Encoding"] = "gzip"
                send(method, plain, headers, body)
        for _ in range(10):
            junk = "".join(chr(chosen.choice([chosen.randrange(33, 127), chosen.randrange(128, 256)])) for _ in range(40))
            send("GET", base + "/" + junk.replace("#", "").replace("?", ""))
        connection.close()


def malformed(findings, host, base):
    """What is no HTTP, or two things at once."""
    path = (base + "/api/v1/apps").encode()
    smuggled = b"GET " + path + b"/smuggled_app HTTP/1.1\r\nHost: localhost\r\n\r\n"
    post = b"POST " + path + b"/default_demo/graph HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    get = b"GET " + path + b" HTTP/1.1\r\n"
    for what, data in wire.malformed(get, post, smuggled, findings.seed):
        answers = wire.raw(host, data)
        findings.note(what, answers)
        # Who is asked once in two voices may take one or refuse, but has to agree with whoever stands in front.
        if what.startswith("smuggling") and sum(b"smuggled_app" in answer.body for answer in answers):
            findings.problem(f"{what}: the smuggled request was answered")


def git_paths(findings, host, base):
    """The git repository over HTTP: paths that lead out of it, packets and packs that are none."""
    for tail in [
        "../graphs.git/config", "graphs.git/../../etc/passwd", "graphs.git/%2e%2e/%2e%2e/etc/passwd", "graphs.git/config",
        "graphs.git/objects/info/alternates", "graphs.git/hooks/pre-receive", "graphs.git/objects/%00", "/etc/passwd", "graphs.git/HEAD",
        "graphs.git/info/refs?service=git-receive-pack", "graphs.git/info/refs?service=git-upload-archive", "x" * 7_000,
        "graphs.git/info/refs?service=git-upload-pack;id", "graphs.git/info/refs?service=--help", "%2e%2e%2fgraphs.git/HEAD",
    ]:
        findings.note(f"git {tail[:80]}", wire.one(host, "GET", f"{base}/git/{tail}"))
    zeros = b"0" * 40
    for service in ["git-upload-pack", "git-receive-pack"]:
        for body in [
            b"", b"0000", b"ffff" + b"x" * 65_531, b"zzzz", b"0004" * 50_000, b"0003", b"0032want " + b"f" * 40 + b"\n00000009done\n",
            b"0067" + zeros + b" " + b"f" * 40 + b" refs/heads/main\x00report-status0000PACK\x00\x00\x00\x02\xff\xff\xff\xff",
            b"0080" + zeros + b" " + b"1" * 40 + b" refs/heads/../../../x\x00report-status side-band-64k0000", b"\x00" * (1 << 20),
        ]:
            for headers in [{}, {"Content-Encoding": "gzip"}, {"Git-Protocol": "version=2:" * 500}]:
                headers = {"Content-Type": f"application/x-{service}-request", **headers}
                findings.note(f"git {service} {body[:30]!r}", wire.one(host, "POST", f"{base}/git/graphs.git/{service}", headers, body))


def slow(findings, host, base, seconds=20):
    """Hundreds who send or read next to nothing, and one who works: it must not wait for them."""
    address = wire.address(host)
    held = []
    for kind in range(700):
        try:
            connection = socket.create_connection(address, timeout=10)
        except OSError:
            break
        if kind % 3 == 0:
            connection.sendall(b"GET " + (base + "/api/v1/apps").encode() + b" HTTP/1.1\r\nHost: localhost\r\nX-")
        elif kind % 3 == 1:
            connection.sendall(b"POST " + (base + "/api/v1/graphs").encode()
                               + b" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{")
        else:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
            connection.sendall((b"GET " + (base + "/openapi.json").encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n") * 50)
        held.append(connection)
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.monotonic()
        answers = wire.one(host, "GET", base + "/api/v1/apps")
        times.append(time.monotonic() - start)
        findings.note("beside slow ones", answers)
        if not answers or answers[0].code != 200:
            findings.problem(f"beside {len(held)} slow connections: {answers[0].code if answers else 'no answer'}")
        for connection in held[::7]:
            try:
                connection.send(b"a")
            except OSError:
                pass
        time.sleep(0.1)
    for connection in held:
        connection.close()
    times.sort()
    print(f"  {len(held)} slow connections; others waited {statistics.median(times) * 1000:.0f} ms, at most {times[-1] * 1000:.0f} ms", flush=True)
    if times[-1] > 5:
        findings.problem(f"others waited {times[-1]:.1f} s for slow ones")


def send_slowly(host, base, kinds, end, held, refused):
    """Bodies that lack their last byte, until it is time to end; runs in a process of its own, as it keeps Python busy."""
    address = wire.address(host)

    def hold(path, client, more, size):
        head = f"POST {base}/api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {client}\r\n{more}\r\nContent-Length: {size}\r\n\r\n"
        while time.time() < end:
            answer = b""
            try:
                with socket.create_connection(address, timeout=10) as connection:
                    connection.sendall(head.encode())
                    left = size - 1
                    while left and not select.select([connection], [], [], 0)[0]:
                        left -= connection.send(b"{" * min(left, 1 << 16))
                    with held.get_lock():
                        held.value += left == 0
                    connection.settimeout(max(1, end - time.time()))
                    answer = connection.recv(1 << 10)
            except OSError:
                pass
            with refused.get_lock():
                refused.value += b" 503 " in answer[:20]
            time.sleep(3)

    threads = [threading.Thread(target=hold, args=kind, daemon=True) for kind in kinds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, end + 5 - time.time()))


def flood(findings, host, base, seconds=30):
    """As many bodies as large as they may be, all but their last byte, from a few addresses: others are served, and probes."""
    hooks, posts = [f"198.51.100.{number}" for number in range(8)], [f"192.0.2.{number}" for number in range(3)]
    signature = "X-GitHub-Event: push\r\nX-Hub-Signature-256: sha256=" + "0" * 64
    kinds = [("webhooks/github", client, signature, 1 << 20) for client in hooks for _ in range(40)]
    # Large ones reach the limit of bytes, small ones that of requests.
    kinds += [("graphs", client, "Content-Type: application/json", size) for client in posts for size in [3 << 20] * 30 + [100] * 270]
    held, refused, end = multiprocessing.Value("i"), multiprocessing.Value("i"), time.time() + seconds
    sender = multiprocessing.Process(target=send_slowly, args=(host, base, kinds, end, held, refused))
    sender.start()
    times = []
    while time.time() < end:
        for path in ["/healthz", base + "/api/v1/apps"]:
            start = time.monotonic()
            answers = wire.one(host, "GET", path, {"X-Forwarded-For": "203.0.113.1"})
            times.append(time.monotonic() - start)
            findings.note("beside a flood of bodies", answers)
            if not answers or answers[0].code != 200:
                findings.problem(f"beside a flood of bodies: {path} {answers[0].code if answers else 'no answer'}")
        time.sleep(0.1)
    sender.join()
    print(f"  {held.value:,} whole bodies but for a byte, {refused.value:,} refused; others waited "
          f"{statistics.median(times) * 1000:.0f} ms, at most {max(times) * 1000:.0f} ms", flush=True)
    if not held.value or not refused.value:
        findings.problem("a flood of bodies reached no limit")
    if max(times) > 5:
        findings.problem(f"others waited {max(times):.1f} s for a flood of bodies")


def still_works(findings, host, base, repository):
    name = f"after-{time.monotonic_ns()}"
    body = graph()
    body["metadata"]["name"] = name
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("POST", base + "/api/v1/graphs", json.dumps(body), {"Content-Type": "application/json"})
    code = connection.getresponse().status
    if code != 201:
        findings.problem(f"afterwards an app cannot be created: {code}")
    subprocess.run(["git", "-C", repository, "fsck", "--strict"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def upstream():
    """A service that answers everything, as those of an app's flows do where they are well."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            body = b'{"edges": []}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/{{namespace}}/{{app}}"
    finally:
        server.shutdown()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", type=int, default=256, help="MB that the service may take")
    arguments = parser.parse_args()
    with folder() as path, sandbox(path) as cluster, upstream() as flows:
        secret = pathlib.Path(path, "secret")
        secret.write_text("a secret of tests\n")
        options = ["--example", "--log-level", "critical", "--trusted-proxy", "127.0.0.1", "--webhook-secret-file", f"github={secret}",
                   "--volume-flows-url", flows, "--repository-flows-url", flows, "--liveness-url", flows]
        with serve(f"{path}/data", cluster.kubeconfig, *options) as running:
            document = running.get("/openapi.json")
            wait("an app", lambda: running.get("/api/v1/apps"))
            host, pid, base = running.host, running.process.pid, ""
            findings = Findings(running, document)
            findings.seed = arguments.seed
            start = time.monotonic()
            for part in [at_every_endpoint, malformed, git_paths, slow, flood]:
                before = findings.requests
                part(findings, host, base)
                print(f"{part.__name__.replace('_', ' ')}: {findings.requests - before:,} requests, "
                      f"memory {status(pid, 'VmRSS'):.0f} MB, {files(pid)} files", flush=True)
            still_works(findings, host, base, f"{path}/data/graphs.git")
            peak = status(pid, "VmHWM")
            codes = ", ".join(f"{code or 'closed'}: {count:,}" for code, count in sorted(findings.statuses.items()))
            print(f"{findings.requests:,} requests in {time.monotonic() - start:.0f} s; peak memory {peak:.0f} MB; answers {codes}")
            if peak > arguments.memory:
                findings.problem(f"took {peak:.0f} MB, may take {arguments.memory}")
            if findings.problems:
                raise SystemExit(f"{len(findings.problems)} problems")


main()
