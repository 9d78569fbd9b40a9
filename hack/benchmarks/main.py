"""Runs the benchmarks named on the command line, or all."""

import sys

import fold
import flows
import memory
import push
import remote
import rest
import saves
import sync

BENCHMARKS = {
    "fold": fold.run, "saves": saves.run, "push": push.run, "sync": sync.run, "rest": rest.run, "flows": flows.run,
    "memory": memory.run, "remote": remote.run,
}

names = sys.argv[1:] or list(BENCHMARKS)
unknown = [name for name in names if name not in BENCHMARKS]
if unknown:
    sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
for name in names:
    print(f"\n{name}", flush=True)
    BENCHMARKS[name]()
