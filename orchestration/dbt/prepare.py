"""``python -m orchestration.dbt.prepare``: have dbt read its project and compile it to SQL, once.

A process of its own: it can work on another core while a first run waits for something else, and
its environment is that of no home. ``orchestration.dbt.prepared`` says where the results lie.
"""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from orchestration.dbt import prepared
from orchestration.dbt.changes import META, ONLY_CHANGED
from orchestration.garbage import look_rarely

QUIETLY = ("--log-level", "none", "--log-level-file", "none", "--no-use-colors")
"""Each of 20,000 debug lines is formatted even where none is written."""

OFFLINE = ("--no-write-json", "--no-populate-cache", "--no-introspect")
"""A test may refer to a table that is not there yet: nothing is looked up."""

HALF = "path:dbt_project/models/marts"
"""Models and tests in this folder are about as many as those outside."""


class DbtFailed(Exception):
    """dbt could not make sense of its project."""


def dbt(arguments: Sequence[str], manifest: Any = None) -> Any:
    """Run one dbt command in this process and return its result.

    Raises
    ------
    DbtFailed
        With dbt's own words.
    """
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner(manifest=manifest).invoke([*QUIETLY, *arguments])
    if isinstance(outcome.exception, KeyboardInterrupt | SystemExit):
        raise outcome.exception
    if outcome.exception is not None:
        raise DbtFailed(str(outcome.exception).strip()) from outcome.exception
    return outcome.result


def compiled(manifest: Any, selection: Sequence[str]) -> dict[str, str]:
    """Return the SQL of the selected models and data tests by unique id.

    Raises
    ------
    DbtFailed
        If one cannot be compiled; dbt itself only says so in its result.
    """
    results = dbt(
        ["compile", *OFFLINE, "--indirect-selection", "empty", *selection], manifest
    ).results
    for one in results:
        if str(one.status) != "success":
            raise DbtFailed(f"{one.node.unique_id}: {one.message}")
    return {
        one.node.unique_id: one.node.compiled_code
        for one in results
        if one.node.resource_type in ("model", "test")
    }


def compile_both_halves(manifest: Any) -> dict[str, str]:
    """Return the SQL of every model and data test.

    dbt's compiler is Python on one core, 20 ms a node: a forked process takes half of them.
    """
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    child = fork.Process(
        target=lambda: sender.send(compiled(manifest, ["--select", HALF])), daemon=True
    )
    child.start()
    sender.close()
    sql = compiled(manifest, ["--exclude", HALF])
    try:
        sql |= receiver.recv()
    except EOFError:
        # the child's words are lost with it: let this process say what is wrong
        sql |= compiled(manifest, ["--select", HALF])
    child.join()
    return sql


def compile_changes(manifest: Any) -> dict[str, str]:
    """Return the SQL that selects only what changed, of the models that can be built so."""
    names = [
        node.name
        for node in manifest.nodes.values()
        if node.resource_type == "model" and META in node.config.meta
    ]
    if not names:
        return {}
    return compiled(manifest, ["--vars", json.dumps({ONLY_CHANGED: True}), "--select", *names])


def manifest_json(manifest: Any) -> str:
    """Return what ``manifest.json`` says.

    dbt writes it piece by piece in Python, which is an eighth of what it takes to read its project;
    as one text it is written in C.
    """
    from dbt.utils import JSONEncoder

    said = manifest.writable_manifest().to_dict(omit_none=False, context={"artifact": True})
    return json.dumps(said, cls=JSONEncoder)


def prepare() -> None:
    """Leave what ``orchestration.dbt.prepared`` reads; nothing if it is there and up to date."""
    from dbt.parser.manifest import write_semantic_manifest

    target = prepared.folder()
    target.mkdir(parents=True, exist_ok=True)
    with (target / prepared.LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.is_stale():
            return
        started, read = time.time_ns(), prepared.digest()
        manifest = dbt(["parse", "--no-write-json"])
        write_semantic_manifest(manifest, str(target))
        for name, text in {
            prepared.MANIFEST: manifest_json(manifest),
            prepared.COMPILED: json.dumps(compile_both_halves(manifest)),
            prepared.CHANGES: json.dumps(compile_changes(manifest)),
        }.items():
            temporary = target / f"{name}.tmp"
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(target / name)
        stamp = target / prepared.STAMP
        stamp.write_text(read)
        os.utime(stamp, ns=(started, started))


def main() -> int:
    """Prepare, and say on standard error why it cannot be done."""
    os.environ.update(prepared.environment())
    look_rarely()
    try:
        prepare()
    except (DbtFailed, OSError) as error:
        sys.stderr.write(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
