"""Collect again and again, each time killed one step later, and finish each time.

Called as ``python killed_collector.py <sources.yml> <folder>``; one home folder per step is made in
``<folder>``. Prints how many runs were killed. A step is anything that changes the home folder:
opening a file to write, syncing, making a folder, renaming, removing. Killed while syncing, only
half of what was written is there.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from ingest.collect.patience import Patience
from ingest.collect.run import collect
from ingest.config import read_config
from ingest.source import Source

NEVER = 0
CHANGES = ("os.mkdir", "os.rename", "os.remove")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(10)


def kill_at(step: int) -> None:
    """End this process by SIGKILL just before its ``step``-th change."""
    done = count(1)

    def hook(event: str, given: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(given[1], str) and given[1][:1] in "wax"
        if (event in CHANGES or writes) and next(done) == step:
            die()

    def torn(handle: int) -> None:
        if next(done) == step:
            if not os.path.isdir(f"/proc/self/fd/{handle}"):  # noqa: PTH112 - a handle
                os.truncate(f"/proc/self/fd/{handle}", os.fstat(handle).st_size // 2)
            die()
        # what is written outlives a killed process, other than a power cut, without it

    os.fsync = torn
    sys.addaudithook(hook)


def run(source: Source, home: Path, step: int) -> bool:
    """Return whether a run in a process of its own came to its end."""
    pid = os.fork()
    if pid == 0:
        kill_at(step)
        collect(source, home, patience=Patience(first_wait_s=0.001))
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def main() -> None:
    folder = Path(sys.argv[2])
    source = read_config(Path(sys.argv[1])).sources[0]
    # imported before the processes fork, and before steps are counted
    import_module("ingest.collect.rest.intercom")
    for step in count(1):
        home = folder / f"{step:03d}"
        home.mkdir()
        if run(source, home, step):
            break
        if step % 3 == 0:
            run(source, home, step % 7 + 1)
        if not run(source, home, NEVER):
            sys.exit(f"the run after step {step} failed")
    sys.stdout.write(str(step - 1))


if __name__ == "__main__":
    main()
