"""The newest rows of every raw table against its contract, by Great Expectations.

``ingest.suite`` in; rows of check results and the HTML pages in ``data_docs/`` out. Great
Expectations has no engine for DuckDB, so it is given frames of the columns it asks about; its
import costs 5 s, so all suites run in one step and nothing else imports this module's tool.
"""

from __future__ import annotations

import contextlib
import io
import logging
import shutil
from typing import TYPE_CHECKING, Any

import duckdb

from ingest.contracts import CONTRACTS, Contract
from ingest.suite import expectations
from orchestration import warehouse
from orchestration.check_results import CheckResult
from orchestration.contracts_kept import ContractCheck, columns_asked, fingerprint, keep, kept
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

    Nothing is asked again of tables that are what they were when all of them passed.
    """
    asked = {name: asked_of(contract) for name, contract in CONTRACTS.items()}
    with warehouse.connect(home) as con:
        prints = {name: fingerprint(con, name, asked[name]) for name in CONTRACTS}
        before = kept(home, prints)
        if before is not None:
            return before
        frames = {
            name: newest_rows(con, contract, asked[name]) for name, contract in CONTRACTS.items()
        }
    found = _validated(home, {name: one for name, one in frames.items() if len(one)}, asked)
    keep(home, prints, found)
    return found


def _validated(
    home: Home, frames: dict[str, pd.DataFrame], asked: dict[str, list[dict[str, Any]]]
) -> list[ContractCheck]:
    import great_expectations as gx

    # its progress bars and notices go to the terminal through logging and tqdm
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    shutil.rmtree(home.data_docs, ignore_errors=True)
    with contextlib.redirect_stdout(io.StringIO()):
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        context.add_data_docs_site(
            site_name="contracts",
            site_config={
                "class_name": "SiteBuilder",
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                # the pages of results state each expectation, and rendering it twice costs 1 s
                "site_section_builders": {"expectations": "None", "profiling": "None"},
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": str(home.data_docs),
                },
                "show_how_to_buttons": False,
            },
        )
        source = context.data_sources.add_pandas("raw")
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
        context.build_data_docs()
    return found


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
