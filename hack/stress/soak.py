"""Clients that come and go, and the memory of the service over that time.

Each client connects, asks a few things as the UI does (lists, an app, states, an unchanged list, now and then a save), and goes:
most in order, some in the middle of an answer. Another one comes in its place.
"""

import argparse
import asyncio
import json
import random
import statistics
import time

from service import app_name, files, folder, is_alive, make_data, request, sandbox, serve, status, wait

APPS = 200


def manifest(number):
    return {
        "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
        "metadata": {"name": "soak", "namespace": "default"},
        "spec": {"graph": {"components": {"trainer": {
            "type": "generic-service",
            "chart": {"repo": "rampart-repo", "name": "rampart-test-component", "version": "1.1.2"},
            "config": {"rate": number}}}, "flows": {}}}}


class Clients:
    def __init__(self, host, port, seed):
        self.host, self.port = host, port
        self.random = random.Random(seed)
        self.came = self.answers = self.refused = self.dropped = 0
        self.wrong = {}

    def question(self):
        """Method, path, headers and body of what a client asks next."""
        namespace, name = app_name(self.random.randrange(APPS))
        app = f"{namespace}_{name}"
        kind = self.random.random()
        if kind < 0.002:
            # Two graphs in turn, so that there are no more versions at the end than at the start.
            return "POST", "/api/v1/apps/default_soak/graph", {}, json.dumps(manifest(self.random.randrange(2)))
        if kind < 0.05:
            return "GET", "/api/v1/apps", {"Accept-Encoding": "gzip"}, None
        if kind < 0.2:
            return "GET", "/api/v1/apps", {"If-None-Match": "*"}, None
        if kind < 0.3:
            return "GET", "/api/v1/apps/status/list", {}, None
        if kind < 0.4:
            return "GET", "/api/v1/sync", {}, None
        if kind < 0.5:
            return "GET", f"/api/v1/graph-status/{app}", {}, None
        if kind < 0.6:
            return "GET", f"/api/v1/apps/{app}/history", {}, None
        if kind < 0.65:
            return "GET", "/api/v1/apps/no_such", {}, None
        return "GET", f"/api/v1/apps/{app}", {}, None

    async def ask(self, reader, writer, leaves):
        method, path, headers, body = self.question()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        data = (body or "").encode()
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        code = int(head.split(" ")[1])
        self.answers += 1
        if code >= 500 or (code == 404) != ("no_such" in path):
            self.wrong[f"{method} {path}: {code}"] = self.wrong.get(f"{method} {path}: {code}", 0) + 1
        if leaves:
            self.dropped += 1
            writer.transport.abort()
            return False
        length = [line for line in head.split("\r\n") if line.startswith("content-length:")]
        if length and code != 304:
            await reader.readexactly(int(length[0].split(":")[1]))
        elif "transfer-encoding: chunked" in head:
            while True:
                size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
                await reader.readexactly(size + 2)
                if size == 0:
                    break
        return True

    async def one(self, end):
        """One client after the other, until the time is up."""
        while time.monotonic() < end:
            self.came += 1
            try:
                reader, writer = await asyncio.open_connection(self.host, self.port, limit=16 << 20)
                stays = self.random.randrange(1, 12)
                for number in range(stays):
                    if not await self.ask(reader, writer, number == stays - 1 and self.random.random() < 0.2):
                        break
                    await asyncio.sleep(self.random.expovariate(1))
                writer.close()
            except (OSError, asyncio.IncompleteReadError) as problem:
                self.refused += 1
                self.wrong[type(problem).__name__] = self.wrong.get(type(problem).__name__, 0) + 1
                await asyncio.sleep(0.1)


async def watch(running, clients, samples, end):
    print(f"{'seconds':>8} {'MB':>8} {'threads':>8} {'files':>6} {'clients came':>13} {'answers':>9} {'/s':>6}", flush=True)
    start = time.monotonic()
    last = 0
    while time.monotonic() < end and is_alive(running):
        await asyncio.sleep(5)
        pid = running.process.pid
        if not is_alive(running):
            break
        sample = (time.monotonic() - start, status(pid, "VmRSS"), status(pid, "Threads"), files(pid))
        samples.append(sample)
        rate = (clients.answers - last) / 5
        last = clients.answers
        print(f"{sample[0]:8.0f} {sample[1]:8.1f} {sample[2]:8d} {sample[3]:6d} {clients.came:13,d} {clients.answers:9,d} {rate:6.0f}", flush=True)


async def soak(running, arguments):
    host, port = running.host.split(":")
    clients = Clients(host, int(port), arguments.seed)
    end = time.monotonic() + arguments.minutes * 60
    samples = []
    await asyncio.gather(
        watch(running, clients, samples, end), *(clients.one(end) for _ in range(arguments.clients)))
    return clients, samples


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with folder() as path, sandbox(path) as cluster:
        make_data(path, APPS, 400)
        with serve(path, cluster.kubeconfig, "--log-level", "error") as running:
            wait("first sync", lambda: running.get("/api/v1/sync")["counts"]["synced"] >= APPS)
            code, answer = request(running.host, "POST", "/api/v1/graphs", manifest(0))
            if code != 201:
                raise SystemExit(f"create: {code} {answer}")
            clients, samples = asyncio.run(soak(running, arguments))
            if not is_alive(running):
                raise SystemExit("the service has ended")
            problems = judge(samples, clients)
            print(f"{clients.came:,} clients, {clients.answers:,} answers, {clients.dropped:,} left in the middle of one")
            if problems:
                raise SystemExit("\n".join(problems))


def judge(samples, clients):
    """What is wrong; memory may not grow by more than a tenth, or 8 MB, from the second third to the last."""
    problems = [f"unexpected: {what} ({count} times)" for what, count in clients.wrong.items()]
    third = len(samples) // 3
    if third < 2:
        return problems + ["too short to tell: at least half a minute"]
    for name, column, least in [("memory in MB", 1, 8), ("open files", 3, 200)]:
        middle = statistics.median(sample[column] for sample in samples[third:-third])
        late = statistics.median(sample[column] for sample in samples[-third:])
        print(f"{name}: {middle:.1f} in the second third, {late:.1f} in the last")
        if late > middle * 1.1 and late > middle + least:
            problems.append(f"{name} goes on growing")
    return problems


main()
