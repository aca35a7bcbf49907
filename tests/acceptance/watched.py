"""The ``crm`` command in processes that may not connect to the outside, and tell if they try."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from orchestration.home import ROOT

# Python loads this module at the start of every process that has its folder on PYTHONPATH, so
# that child processes are watched too
WATCHER = r"""
import os, sys

LOCAL = {"localhost", "127.0.0.1", "::1", b"localhost", b"127.0.0.1", None, ""}


def watch(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.gethostbyname":
        host = arguments[0]
    else:
        return
    if host not in LOCAL:
        with open(os.environ["CRM_WATCH_FILE"], "a") as seen:
            seen.write(f"{sys.argv} {event} {host!r}\n")
        raise PermissionError(f"connection to {host!r} refused by the test")


sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class Watched:
    """A folder with a home, and what commands on it printed and tried to reach."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def seen(self) -> Path:
        """The file of connections that were tried; there is none if there was none."""
        return self.folder / "connections"

    @property
    def printed(self) -> Path:
        return self.folder / "demo.out"

    def environment(self) -> dict[str, str]:
        """Return the whole environment of a watched process: nothing of this one's but PATH.

        It has as many threads as there are cores where the tests have one each: what both make of
        the same files is compared.
        """
        watcher = self.folder / "watcher"
        watcher.mkdir(exist_ok=True)
        (watcher / "sitecustomize.py").write_text(WATCHER)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": f"{watcher}{os.pathsep}{ROOT}",
            "CRM_WATCH_FILE": str(self.seen),
            "CRM_HOME": str(self.home),
        }

    def crm(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from orchestration.cli import main; main()", *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
