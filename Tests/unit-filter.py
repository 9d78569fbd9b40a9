"""Runs a program under the system call filter of a systemd unit, but ends it at the first call that the unit denies.

    unit-filter.py UNIT PROGRAM [ARGUMENT…]

A unit makes such a call fail (SystemCallErrorNumber=); a test wants to know that there is none. What the names of groups
stand for is asked of systemd-analyze(1), numbers are those of the kernel's headers.
"""

import ctypes
import os
import re
import struct
import subprocess
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000
HEADERS = ["/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/aarch64-linux-gnu/asm/unistd.h"]


def members(group: str) -> set[str]:
    """The calls of a group, and of those in it."""
    if not group.startswith("@"):
        return {group}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True)
    words = [line.strip() for line in listed.stdout.splitlines()[1:]]
    return {call for word in words if word and not word.startswith("#") for call in members(word)}


def allowed(unit: str) -> set[str]:
    """What is left of all lines, one after the other (systemd.exec(5))."""
    calls: set[str] = set()
    for line in open(unit):
        if line.startswith("SystemCallFilter="):
            value = line.split("=", 1)[1].strip()
            named = {call for word in value.lstrip("~").split() for call in members(word)}
            calls = calls - named if value.startswith("~") else calls | named
    return calls


def numbers() -> dict[str, int]:
    text = "".join(open(header).read() for header in HEADERS if os.path.exists(header))
    return {name: int(number) for name, number in re.findall(r"#define __NR_(\w+)\s+(\d+)", text)}


def confine(unit: str) -> None:
    known = numbers()
    program = [struct.pack("HBBI", LOAD, 0, 0, 0)]
    for call in sorted(allowed(unit)):
        if call in known:
            program += [struct.pack("HBBI", JUMP_IF_EQUAL, 0, 1, known[call]), struct.pack("HBBI", RETURN, 0, 0, ALLOW)]
    program.append(struct.pack("HBBI", RETURN, 0, 0, KILL_PROCESS))
    code = ctypes.create_string_buffer(b"".join(program))
    filter = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter, 0, 0):
        sys.exit(f"cannot set a filter: {os.strerror(ctypes.get_errno())}")


confine(sys.argv[1])
os.execv(sys.argv[2], sys.argv[2:])
