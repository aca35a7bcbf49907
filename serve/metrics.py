"""``crm metrics``: what is measured, and the numbers, from what is published."""

from __future__ import annotations

import contextlib
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from serve.sql import Format, refuse, run, write

if TYPE_CHECKING:
    import duckdb

LIST = """
select name, description, table_name, time_column, dimensions
from meta.metrics
order by table_name, name
"""


class Period(StrEnum):
    """By which a metric can be grouped."""

    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    year = "year"


def definitions(con: duckdb.DuckDBPyConnection, names: list[str]) -> list[dict[str, Any]]:
    """Return the definitions of metrics that have one table in common."""
    found = []
    for name in names:
        answer = con.execute("from meta.metrics where name = $name", {"name": name})
        columns = [column[0] for column in answer.description or []]
        row = answer.fetchone()
        if row is None:
            refuse(f"there is no metric {name!r}; `crm metrics` lists them.", 2)
        found.append(dict(zip(columns, row, strict=True)))
    tables = {metric["table_name"]: metric["name"] for metric in found}
    if len(tables) > 1:
        refuse(
            f"{' and '.join(tables.values())} are of different tables; ask for one at a time.", 2
        )
    return found


def compile_query(
    metrics: list[dict[str, Any]],
    by: list[str],
    where: list[str],
    since: date | None,
    until: date | None,
) -> tuple[str, dict[str, Any]]:
    """Return the query and its values; names come from the definitions, values are bound."""
    metric = metrics[0]
    allowed = metric["dimensions"].split("|")
    time = metric["time_column"]
    groups = []
    for name in by:
        if name in Period.__members__:
            groups.append(f"cast(date_trunc('{name}', {time}) as date) as {name}")
        elif name in allowed:
            groups.append(f'"{name}"')
        else:
            periods = ", ".join(Period.__members__)
            refuse(f"{metric['name']} has no {name!r}; by {periods}, {', '.join(allowed)}.", 2)
    values: dict[str, Any] = {}
    conditions = []
    wanted: dict[str, list[str]] = {}
    for condition in where:
        name, equals, value = condition.partition("=")
        if not equals or name not in allowed:
            refuse(f"--where takes name=value with one of {', '.join(allowed)}: {condition!r}.", 2)
        wanted.setdefault(name, []).append(value)
    for number, (name, options) in enumerate(wanted.items()):
        values[f"where_{number}"] = options
        conditions.append(f'list_contains($where_{number}, cast("{name}" as varchar))')
    for word, moment in ((">=", since), ("<", until)):
        if moment is not None:
            key = "since" if word == ">=" else "until"
            values[key] = moment
            conditions.append(f"{time} {word} ${key}")
    selected = [*groups, *(f"{one['expression']} as {one['name']}" for one in metrics)]
    query = f"select {', '.join(selected)}\nfrom {metric['table_name']}"
    if conditions:
        query += "\nwhere " + " and ".join(conditions)
    if groups:
        query += "\ngroup by all\norder by all"
    return query, values


def metrics(
    names: Annotated[
        list[str] | None, typer.Argument(help="Metrics of one table; without one, all are listed.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", "-b", help="day, week, month, quarter, year or a column; repeatable.",
            show_default=False,
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", "-w", metavar="NAME=VALUE",
            help="Only rows with this value; repeat a name for several.", show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day.", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day after the last.", show_default=False)
    ] = None,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home", metavar="DIR", help="Home folder. Default: $CRM_HOME, else ./data.",
            show_default=False,
        ),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="How the result is written.")
    ] = Format.table,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to a file.", show_default=False),
    ] = None,
    show_sql: Annotated[bool, typer.Option("--sql", help="Print the query instead.")] = False,
    limit: Annotated[int, typer.Option(help="Rows shown as a table.", min=1)] = 100,
) -> None:  # fmt: skip
    """Compute metrics by their one definition (docs/metrics.md), from what is published.

    crm metrics

    crm metrics revenue order_count --by month --since 2026-01-01

    crm metrics win_rate --by quarter --by owner_id --where pipeline=renewal
    """
    if format_ is Format.parquet and output is None:
        refuse("Parquet is not text: name a file with --output FILE.", 2)
    days = [_day(text) for text in (since, until)]
    if days[0] and days[1] and days[0] >= days[1]:
        refuse(f"there is no day from --since {since} on and before --until {until}.", 2)
    if not names and (by or where or since or until):
        refuse("--by, --where, --since and --until need a metric; `crm metrics` lists them.", 2)

    from serve.published import CannotRead, connect, published_file

    try:
        con = connect(published_file(home))
    except CannotRead as error:
        refuse(str(error), 1)
    with contextlib.closing(con):
        query = LIST
        values: dict[str, Any] = {}
        if names:
            query, values = compile_query(
                definitions(con, names), by or [], where or [], days[0], days[1]
            )
        if show_sql:
            typer.echo(query)
            return
        write(run(con, query, values), format_, output, limit)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        refuse(f"{text!r} is no day; write it as 2026-01-31.", 2)
