"""dbt inside this process: one start-up (6 s of imports) for every build.

The stock resource starts ``dbt --version`` first, which asks the package index for news, and a
child process per build, which outlives a killed run and keeps the warehouse locked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from orchestration import prepared
from orchestration.errors import Refused
from orchestration.home import ROOT, Home


class DbtFailed(Refused):
    """dbt could not even start on the models: a parse error, a locked or unreadable database."""


def invoke(
    arguments: Sequence[str],
    *,
    manifest: Any = None,
    on_event: Callable[[Any], None] | None = None,
) -> Any:
    """Run one dbt command and give back its result; the database is closed afterwards.

    Raises
    ------
    DbtFailed
        If dbt ended before it had results. Failed nodes do not raise: they are in the results.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import cleanup_connections, reset_adapters
    from dbt.cli.main import dbtRunner

    runner = dbtRunner(manifest=manifest, callbacks=[on_event] if on_event else None)
    try:
        outcome = runner.invoke(
            # each of its 20,000 debug lines is formatted even where none is written
            ["--log-level", "none", "--log-level-file", "none", "--no-use-colors", *arguments]
        )
    finally:
        # dbt-duckdb keeps its connection until the process ends, and with it the lock; a second
        # invocation must not find the closed one either
        cleanup_connections()
        reset_adapters()
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
            DuckDBConnectionManager._ENV = None
    if isinstance(outcome.exception, KeyboardInterrupt | SystemExit):
        raise outcome.exception
    if outcome.exception is not None:
        raise DbtFailed(
            f"dbt {arguments[0]} failed: {str(outcome.exception).strip()}; `dbt {arguments[0]}` in "
            f"{ROOT} tells more."
        ) from outcome.exception
    return outcome.result


@cache
def project() -> Any:
    """Return dbt's own manifest object, which saves every build of the process 3 s of parsing."""
    from dbt.contracts.graph.manifest import Manifest

    read = Manifest.from_msgpack(prepared.project().packed)
    read.build_flat_graph()
    return read


def build(home: Home, arguments: Sequence[str], on_event: Callable[[Any], None]) -> Sequence[Any]:
    """Build models, seeds and snapshots and return one result per node.

    Parameters
    ----------
    arguments
        Selection; empty for everything.
    on_event
        Called with every dbt event while the build runs, from dbt's threads.

    Raises
    ------
    DbtFailed
        If dbt ended before it had results. Failed nodes do not raise: they are in the results.
    """
    home.use()
    kinds = [word for kind in ("model", "seed", "snapshot") for word in ("--resource-type", kind)]
    result = invoke(
        ["build", "--no-write-json", *kinds, *arguments], manifest=project(), on_event=on_event
    )
    nodes: Sequence[Any] = result.results
    return nodes
