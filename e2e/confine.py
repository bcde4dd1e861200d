"""Runs a program with the system calls that a unit of systemd leaves it, and no others: confine.py UNIT PROGRAM [ARGUMENT ...]

systemd itself does this by a filter in the kernel, which libseccomp makes here from the same lines and systemd's own names of sets.
"""
import os
import subprocess
import sys

import seccomp


def calls(name):
    """The system calls of a set such as @system-service; of another name, that one."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter", name], check=True, capture_output=True, text=True).stdout
    found = set()
    for line in listed.splitlines()[1:]:
        line = line.strip()
        if line and not line.startswith("#"):
            found |= calls(line)
    return found


allowed = set()
with open(sys.argv[1], encoding="utf-8") as unit:
    for line in unit:
        key, _, value = line.strip().partition("=")
        if key != "SystemCallFilter":
            continue
        named = set().union(*(calls(word) for word in value.lstrip("~").split()))
        allowed = allowed - named if value.startswith("~") else allowed | named | calls("@default")
if not allowed:
    sys.exit("the unit names no system calls")

kernel = seccomp.SyscallFilter(seccomp.ERRNO(1))  # EPERM, as SystemCallErrorNumber says
for name in sorted(allowed):
    try:
        kernel.add_rule(seccomp.ALLOW, name)
    except (RuntimeError, ValueError):
        pass  # a call of another architecture
kernel.load()
os.execv(sys.argv[2], sys.argv[2:])
