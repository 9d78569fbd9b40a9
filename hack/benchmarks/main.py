"""Runs the benchmarks named on the command line, or all."""

import sys

import fold
import check
import flows
import history
import housekeeping
import memory
import push
import remote
import rest
import saves
import sync
import webhook

BENCHMARKS = {
    "fold": fold.run, "saves": saves.run, "push": push.run, "sync": sync.run, "rest": rest.run, "flows": flows.run,
    "memory": memory.run, "remote": remote.run, "check": check.run, "webhook": webhook.run,
    "history": history.run, "housekeeping": housekeeping.run,
}
# Takes minutes and several gigabytes of disk: only where it is named.
BY_NAME = {"history"}

names = sys.argv[1:] or [name for name in BENCHMARKS if name not in BY_NAME]
unknown = [name for name in names if name not in BENCHMARKS]
if unknown:
    sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
for name in names:
    print(f"\n{name}", flush=True)
    BENCHMARKS[name]()
