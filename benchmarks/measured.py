"""A command in; what it said, its wall and CPU seconds and its peak memory out."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence


def measured_child(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> tuple[str, dict[str, float]]:
    """Run ``command`` to its end and return its standard output and its use of the machine.

    Returns
    -------
    The output, and ``wall_s``, ``cpu_s`` and ``peak_mib`` (the kernel's count for the process and
    the children it waited for).

    Raises
    ------
    subprocess.CalledProcessError
        If it ends with another code than 0.
    """
    before = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise subprocess.CalledProcessError(child.returncode, command)
    return said, {
        "wall_s": round(time.perf_counter() - before, 2),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mib": round(usage.ru_maxrss / 1024, 1),
    }
