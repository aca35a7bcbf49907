"""``crm`` in processes of one that has everything imported: a command in, how it ended out."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from orchestration.home import ROOT

# one child at a time: its id when it has begun, how it ended when it has
PARENT = """
import json, os, resource, sys
from orchestration.cli import main, warm_up
import orchestration.definitions

for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        os.environ.clear()
        os.environ.update(asked["environment"])
        output = os.open(asked["output"], os.O_RDWR | os.O_CREAT)
        for stream in (0, 1, 2):
            os.dup2(output, stream)
        if asked["largest_file"]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest_file"],) * 2)
        sys.argv = ["crm", *asked["arguments"]]
        sys.exit(main())
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@dataclass(frozen=True)
class Forked:
    """The process that has everything imported."""

    parent: subprocess.Popen[str]

    def crm(
        self,
        *arguments: str,
        environment: Mapping[str, str],
        killed_after: float = 300,
        output: str = os.devnull,
        largest_file: int = 0,
    ) -> int:
        """Run ``crm`` and kill it after some seconds; return its exit code, negative if killed.

        Parameters
        ----------
        output
            Name of the file that takes what it prints.
        largest_file
            Bytes beyond which it cannot write a file; 0 means no limit.
        """
        asked, said = self.parent.stdin, self.parent.stdout
        assert asked is not None
        assert said is not None
        wish = {
            "arguments": arguments,
            "environment": dict(environment),
            "output": output,
            "largest_file": largest_file,
        }
        asked.write(json.dumps(wish) + "\n")
        asked.flush()
        child = int(said.readline())
        if not select.select([said], [], [], killed_after)[0]:
            os.kill(child, signal.SIGKILL)
        return int(said.readline())


@contextmanager
def forked(environment: Mapping[str, str]) -> Iterator[Forked]:
    """Have such a process for a while: each command of its own imports for 6 CPU seconds.

    Parameters
    ----------
    environment
        What it imports the definitions in, which point dbt and Dagster at a home.
    """
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        yield Forked(parent)
        assert parent.stdin is not None
        parent.stdin.close()
        assert parent.wait(60) == 0
