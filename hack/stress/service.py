"""A service under stress: what the benchmarks start, and what the kernel says of the process."""

import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "benchmarks"))

from tools import app_name, folder, make_data, request, sandbox, serve, wait  # noqa: E402,F401


def status(pid, field):
    """A number of /proc/PID/status; memory in MB."""
    found = re.search(rf"^{field}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)
    return int(found.group(1)) / 1024 if field.startswith("Vm") else int(found.group(1))


def files(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def is_alive(running):
    return running.process.poll() is None
