"""dbt for tests: a home and a selection in, its models built; one process for all of a worker.

Importing dbt costs as much as a small build. The process that does the builds ends when the one
that asked for it does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]

BUILDER = """
import json
import sys
from pathlib import Path

from orchestration.dbt_in_process import DbtFailed, build
from orchestration.home import Home

answers, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    home, selection = json.loads(line)
    try:
        results = build(Home(Path(home)), selection, lambda event: None)
        broken = [
            f"{one.node.unique_id}: {one.message}"
            for one in results
            if str(one.status) in ("error", "fail")
        ]
    except DbtFailed as failure:
        broken = [str(failure)]
    print(json.dumps(broken), file=answers, flush=True)
"""


@cache
def _builder() -> tuple[subprocess.Popen[str], IO[str]]:
    errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - open as long as the process
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", BUILDER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )
    return process, errors


def build_models(home: Path, *selection: str) -> None:
    """Build models, seeds and snapshots as a run does, without reading the dbt project again."""
    process, errors = _builder()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([str(home), selection]) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    if not answer:
        _builder.cache_clear()
        errors.seek(0)
        raise AssertionError(f"the builder ended with {process.wait()}\n{errors.read()[-6000:]}")
    assert json.loads(answer) == []
