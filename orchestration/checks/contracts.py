"""The newest rows of every raw table against its contract, by Great Expectations.

``ingest.from_contracts.suite`` in; rows of check results and the HTML pages in ``data_docs/`` out,
one page a table. Great Expectations has no engine for DuckDB, so it is given frames of the columns
it asks about; its import costs 5 s, so all suites run in one step and nothing else imports this
module's tool.
"""

from __future__ import annotations

import contextlib
import io
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from ingest.contracts import CONTRACTS, Contract
from ingest.from_contracts.suite import expectations
from orchestration import warehouse
from orchestration.checks.check_results import CheckResult
from orchestration.checks.contracts_kept import (
    ContractCheck,
    columns_asked,
    fingerprint,
    forget,
    keep,
    kept,
    results_folder,
)
from orchestration.home import Home
from orchestration.sql_text import quoted

if TYPE_CHECKING:
    import pandas as pd

MAX_ROWS = 100_000
"""Rows of a table that are looked at: the newest ones, which no run has checked before."""


def asked_of(contract: Contract) -> list[dict[str, Any]]:
    """Return the contract's expectations without ``not_null``.

    The raw table itself refuses nulls in each required column: none of these could ever fail,
    and they are two thirds of all expectations.
    """
    return [one for one in expectations(contract) if one["kind"] != "not_null"]


def newest_rows(
    con: duckdb.DuckDBPyConnection, contract: Contract, asked: list[dict[str, Any]]
) -> pd.DataFrame:
    """Return the columns that the expectations ask about, of the rows loaded last."""
    columns = ", ".join(quoted(name) for name in columns_asked(asked))
    return con.execute(
        f"select {columns} from raw.{quoted(contract.name)} "  # noqa: S608
        f"order by ingested_at desc, batch_id desc limit {MAX_ROWS}"
    ).df()


def to_gx(one: dict[str, Any]) -> Any:
    """Return the Great Expectations form of one neutral expectation."""
    from great_expectations import expectations as gxe

    kind, column = one["kind"], one.get("column")
    if kind == "in_set":
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=one["values"])
    if kind == "between":
        return gxe.ExpectColumnValuesToBeBetween(
            column=column, min_value=one["minimum"], max_value=one["maximum"]
        )
    if kind == "regex":
        return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=one["pattern"])
    if kind == "unique":
        return gxe.ExpectCompoundColumnsToBeUnique(column_list=one["columns"])
    raise ValueError(f"no Great Expectations form for the expectation kind {kind!r}")


def name_of(one: dict[str, Any]) -> str:
    """Return e.g. ``contract_between_quantity``."""
    return f"contract_{one['kind']}_{one.get('column') or 'key'}"


def check_contracts(home: Home) -> list[ContractCheck]:
    """Check every raw table that has rows and write the pages.

    Nothing is asked again of a table that is what it was when all its checks passed.
    """
    asked = {name: asked_of(contract) for name, contract in CONTRACTS.items()}
    with warehouse.connect(home) as con:
        prints = {name: fingerprint(con, name, asked[name]) for name in CONTRACTS}
        found = kept(home, prints)
        frames = {
            name: newest_rows(con, contract, asked[name])
            for name, contract in CONTRACTS.items()
            if name not in found
        }
    gone = forget(home, found)
    frames = {name: rows for name, rows in frames.items() if len(rows)}
    if frames or gone or not (home.data_docs / "index.html").is_file():
        # what is asked now is known when its page is written, and not before
        keep(home, prints, found.values())
        found |= {check.entity: check for check in _validated(home, frames, asked)}
        keep(home, prints, found.values())
    return [found[name] for name in CONTRACTS if name in found]


def _validated(
    home: Home, frames: dict[str, pd.DataFrame], asked: dict[str, list[dict[str, Any]]]
) -> list[ContractCheck]:
    """Ask about these tables and write their pages, beside those that are there."""
    import great_expectations as gx

    # its progress bars and notices go to the terminal through logging and tqdm
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    with contextlib.redirect_stdout(io.StringIO()):
        context = gx.get_context(mode="ephemeral", project_config=_project(home))
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        source = context.data_sources.add_pandas("raw")
        before = set(context.validation_results_store.list_keys())
        found = []
        for name, frame in frames.items():
            batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("newest")
            suite = context.suites.add(
                gx.ExpectationSuite(name=name, expectations=[to_gx(one) for one in asked[name]])
            )
            definition = context.validation_definitions.add(
                gx.ValidationDefinition(name=name, data=batch, suite=suite)
            )
            result = definition.run(batch_parameters={"dataframe": frame})
            found.append(_contract_check(name, len(frame), asked[name], result))
        new = set(context.validation_results_store.list_keys()) - before
        # of no resources every page would be written
        context.build_data_docs(resource_identifiers=list(new) or None)
    return found


def _project(home: Home) -> Any:
    """Return the settings of Great Expectations: results and pages are kept, all else is not."""
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
    )

    def folder(path: Path, suffix: str | None = None) -> dict[str, str]:
        store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(path)}
        return store if suffix is None else {**store, "filepath_suffix": suffix}

    defaults = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    results = {
        "class_name": "ValidationResultsStore",
        "store_backend": folder(results_folder(home), ".json"),
    }
    site = {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        # the pages of results state each expectation, and rendering it twice costs 1 s
        "site_section_builders": {"expectations": "None", "profiling": "None"},
        "store_backend": folder(home.data_docs),
        "show_how_to_buttons": False,
    }
    return DataContextConfig(
        store_backend_defaults=defaults,
        stores={**defaults.stores, "validation_results_store": results},
        data_docs_sites={"contracts": site},
        analytics_enabled=False,
    )


def _contract_check(
    entity: str, rows: int, asked: list[dict[str, Any]], validation: Any
) -> ContractCheck:
    """Turn a suite's result into rows; the order of the expectations is the suite's."""
    results = []
    for one, result in zip(asked, validation.results, strict=True):
        raised = result.exception_info.get("raised_exception", False)
        failed = int(result.result.get("unexpected_count", 0)) if not raised else None
        found = "could not be evaluated" if raised else f"{failed} of the newest {rows:,} rows"
        results.append(
            CheckResult(
                check_name=name_of(one),
                asset=f"raw/{entity}",
                passed=bool(result.success),
                rows_failed=failed,
                message="" if result.success else found,
            )
        )
    return ContractCheck(entity, rows, tuple(results))
