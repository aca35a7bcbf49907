"""``python -m orchestration.prepare``: read the dbt project and compile its tests, once.

A process of its own: it can work on another core while a first run waits for something else, and
its environment is that of no home. ``orchestration.prepared`` says where the results lie.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time

from orchestration import dbt_in_process, prepared

OFFLINE = ("--no-write-json", "--no-populate-cache", "--no-introspect")
"""A test may refer to a table that is not there yet: nothing is looked up."""


def prepare() -> None:
    """Leave what ``orchestration.prepared`` reads; nothing if it is there and up to date."""
    target = prepared.folder()
    target.mkdir(parents=True, exist_ok=True)
    with (target / prepared.LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.is_stale():
            return
        started = time.time_ns()
        read = dbt_in_process.invoke(["parse"])
        results = dbt_in_process.invoke(
            ["compile", "--select", "test_type:data", *OFFLINE], manifest=read
        ).results
        sql = {one.node.unique_id: one.node.compiled_code for one in results}
        temporary = target / "compiled_tests.tmp"
        temporary.write_text(json.dumps(sql))
        temporary.replace(target / "compiled_tests.json")
        stamp = target / prepared.STAMP
        stamp.touch()
        os.utime(stamp, ns=(started, started))


def main() -> int:
    """Prepare, and say on standard error why it cannot be done."""
    os.environ.update(prepared.environment())
    try:
        prepare()
    except (dbt_in_process.DbtFailed, OSError) as error:
        sys.stderr.write(str(error.__cause__ or error).strip())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
