"""The steps that make a raw row: cast, identify, key, check, hash, lineage."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ingest.conform.fault import PER_ROW, UNREADABLE, judge
from ingest.conform.identify import identify, qualified_references
from ingest.conform.keys import occurred_at, record_hash, source_record_id
from ingest.conform.promises import promise_faults
from ingest.conform.types import cast_columns
from ingest.contracts import CONTRACTS, LINEAGE, Contract
from ingest.errors import ContractMismatch, nearest
from ingest.expressions.empty_text import null_if_empty
from ingest.expressions.json_text import json_object
from ingest.expressions.prefixed import prefixed
from ingest.from_contracts.schema import polars_schema
from ingest.identifiers import IdentifierRules, qualify
from ingest.source import Source

_GIVEN_LINEAGE = tuple(
    column
    for column in LINEAGE
    if column.name in {"recorded_at", "is_deleted", "merged_into_ref", "attributes"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where rows come from.

    File and time of reading differ from row to row: they are the columns ``$file`` (relative to
    ``landing/``) and ``$ingested_at`` (naive UTC).
    """

    source: Source
    batch_id: str

    @property
    def rules(self) -> IdentifierRules:
        """What the source's identifiers mean."""
        return IdentifierRules(
            namespace=self.source.namespace,
            namespaces=self.source.namespaces,
            region=self.source.company.default_region,
            email_provider_rules=self.source.company.email_provider_rules,
        )


@dataclass(frozen=True, slots=True)
class Conformed:
    """Rows that keep their contract, with the schema of ``raw.<entity>``; and the others."""

    rows: pl.DataFrame
    rejected: pl.DataFrame


def conform(
    entity: str, frame: pl.DataFrame, origin: Origin, *, is_tidy: bool = False
) -> Conformed:
    """Turn a parser's rows of one entity into rows of ``raw.<entity>``.

    Parameters
    ----------
    frame
        Contract columns, ``position``, ``$file``, ``$ingested_at`` and optionally ``UNREADABLE``.
    is_tidy
        It is known that no text is empty, begins or ends with a blank.

    Every row of ``frame`` comes out exactly once, in ``rows`` or in ``rejected``.

    Raises
    ------
    ContractMismatch
        If the entity or a column is in no contract: a mistake of the parser, not of the data.
    """
    contract = _contract(entity)
    _expect_known_columns(contract, frame)
    rules = origin.rules
    own, faults = cast_columns(frame, contract.columns, is_tidy=is_tidy)
    given, lineage_faults = cast_columns(frame, _GIVEN_LINEAGE, is_tidy=is_tidy)
    lost = {
        column.name: own[f"given:{column.name}"]
        for column in contract.columns
        if column.describes and f"given:{column.name}" in own.columns
    }
    identified = identify(own.select(contract.column_names), contract, rules, lost)
    typed = pl.concat(
        [
            identified.frame,
            own.select(pl.exclude(contract.column_names)),
            given,
            frame.select(pl.col("position").cast(pl.Int64), *PER_ROW),
        ],
        how="horizontal",
    ).with_columns(
        source_record_id(contract),
        pl.col("is_deleted").fill_null(value=False),
        attributes=_attributes(given["attributes"], _all_unreadable(frame, identified.unreadable)),
        merged_into_ref=qualify(pl.col("merged_into_ref"), rules.namespace_of(entity)),
    )
    typed = typed.with_columns(qualified_references(contract, rules))
    promises = promise_faults(contract, identified.lost)
    verdict = judge(typed, [*faults, *lineage_faults, *promises])
    rows = _with_lineage(verdict.sound(typed), contract, origin)
    return Conformed(rows, verdict.rejected(frame, entity))


def _all_unreadable(frame: pl.DataFrame, unreadable: pl.Series) -> pl.Series:
    """Return what was lost here after what the mapping had lost before."""
    if UNREADABLE not in frame.columns:
        return unreadable
    both = pl.concat_str(frame[UNREADABLE], unreadable, separator=",", ignore_nulls=True)
    return pl.select(null_if_empty(both)).to_series()


def _attributes(given: pl.Series, unreadable: pl.Series) -> pl.Series:
    """Add what could not be normalised; an object of nothing is null."""
    is_loose = given.str.contains(r"^\{\s") | given.str.contains(r"\s\}$") | (given == "{}")
    if unreadable.null_count() == unreadable.len() and not is_loose.any():
        return given
    inner = null_if_empty(pl.col("given").str.slice(1).str.strip_suffix("}").str.strip_chars())
    lost = pl.lit('"unreadable":{') + pl.col("unreadable") + pl.lit("}")
    frame = pl.DataFrame({"given": given, "unreadable": unreadable})
    return frame.select(json_object([inner, lost])).to_series()


def _contract(entity: str) -> Contract:
    if entity not in CONTRACTS:
        remedy = nearest(entity, CONTRACTS)
        raise ContractMismatch(f"there is no entity {entity!r}; {remedy}")
    return CONTRACTS[entity]


def _expect_known_columns(contract: Contract, frame: pl.DataFrame) -> None:
    known = {
        "position",
        *PER_ROW,
        UNREADABLE,
        *contract.column_names,
        *(column.name for column in _GIVEN_LINEAGE),
    }
    unknown = sorted(set(frame.columns) - known)
    if unknown:
        remedy = nearest(unknown[0], known)
        raise ContractMismatch(f"{contract.name} has no column {unknown[0]!r}; {remedy}")
    if "position" not in frame.columns:
        raise ContractMismatch(f"rows of {contract.name} lack the column 'position'")


def _with_lineage(rows: pl.DataFrame, contract: Contract, origin: Origin) -> pl.DataFrame:
    namespace = origin.rules.namespace_of(contract.name)
    happened = occurred_at(contract)
    return (
        rows.with_columns(
            happened,
            record_key=prefixed(f"{namespace}:", pl.col("source_record_id")),
            record_hash=record_hash(rows, contract),
            source=pl.lit(origin.source.name),
            file="$file",
            batch_id=pl.lit(origin.batch_id),
            ingested_at="$ingested_at",
        )
        .with_columns(known_at=pl.coalesce("recorded_at", "occurred_at", "ingested_at"))
        .select(list(polars_schema(contract)))
    )
