"""``crm sql``: one query on what is published, as a table, CSV, JSON or Parquet."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    import duckdb


class Format(StrEnum):
    """How the result is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def refuse(text: str, exit_code: int) -> NoReturn:
    """Say why not, on stderr, and end."""
    typer.echo(f"crm: {text}", err=True)
    raise typer.Exit(exit_code)


def parameters(given: list[str]) -> dict[str, Any]:
    """Return the values of ``name=value`` options: numbers, true, false and null as JSON has them.

    Everything else is text; ``name="5"`` is the text 5.
    """
    values: dict[str, Any] = {}
    for option in given:
        name, equals, text = option.partition("=")
        if not equals or not name.isidentifier():
            refuse(f"--param takes name=value, not {option!r}; the query says $name.", 2)
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            value = text
        values[name] = text if isinstance(value, dict) else value
    return values


def run(
    con: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any]
) -> duckdb.DuckDBPyConnection:
    """Execute exactly one statement; a fault in it ends the command with DuckDB's own words."""
    import duckdb

    try:
        statements = con.extract_statements(query)
        if len(statements) != 1:
            refuse(f"crm sql takes one statement, not {len(statements)}.", 2)
        unused = set(values) - set(statements[0].named_parameters)
        if unused:
            refuse(f"--param {', '.join(sorted(unused))}: the query has no such $name.", 2)
        return con.execute(statements[0], values or None)
    except (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException) as error:
        refuse(str(error).strip(), 2)
    except duckdb.Error as error:
        refuse(str(error).strip(), 1)


def sql(
    query: Annotated[
        str | None,
        typer.Argument(help="The query; without one it is read from standard input."),
    ] = None,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            help="Home folder. Default: $CRM_HOME, else ./data.",
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
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param",
            "-p",
            metavar="NAME=VALUE",
            help="Value of $NAME in the query; repeatable.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[int, typer.Option(help="Rows shown as a table.", min=1)] = 100,
) -> None:
    """Ask the published warehouse one question in SQL.

    Schemas: marts (what happened), crm (scores), meta (about the warehouse). The file is opened
    read-only; a query can reach no other file, no network and no setting.

    crm sql "select channel, count(*) from marts.fct_interactions group by all"

    crm sql "from marts.dim_customers where customer_id = $id" --param id=c_0123456789abcdef

    crm sql "from crm.lead_scores_current" --format csv --output scores.csv
    """
    if query is None:
        if sys.stdin.isatty():
            refuse('Say what to ask: crm sql "select …", or pipe a query in.', 2)
        query = sys.stdin.read()
    if format_ is Format.parquet and output is None:
        refuse("Parquet is not text: name a file with --output FILE.", 2)
    values = parameters(param or [])

    from serve.published import CannotRead, connect, published_file

    try:
        con = connect(published_file(home))
    except CannotRead as error:
        refuse(str(error), 1)
    with contextlib.closing(con):
        result = run(con, query, values)
        if result.description is None:
            return
        write(result, format_, output, limit)


def write(
    result: duckdb.DuckDBPyConnection, format_: Format, output: Path | None, limit: int
) -> None:
    """Write the result to the file, whole or not at all, or to standard output."""
    import duckdb

    try:
        if output is None:
            _write_text(result, format_, sys.stdout, limit)
            return
        temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
        try:
            if format_ is Format.parquet:
                from serve.formats import write_parquet

                write_parquet(result, temporary)
            else:
                with temporary.open("w", encoding="utf-8", newline="") as out:
                    _write_text(result, format_, out, limit)
            temporary.replace(output)
        finally:
            temporary.unlink(missing_ok=True)
    except BrokenPipeError:
        # the reader (head, less) has seen enough; Python would complain again when it flushes
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        refuse(f"{output or 'the output'} cannot be written ({error.strerror}).", 1)
    except duckdb.Error as error:
        refuse(str(error).strip(), 1)


def _write_text(result: duckdb.DuckDBPyConnection, format_: Format, out: Any, limit: int) -> None:
    from serve.formats import write_csv, write_json

    if format_ is Format.csv:
        write_csv(result, out)
    elif format_ is Format.json:
        write_json(result, out)
    else:
        from rich.console import Console

        from serve.table import write_table

        write_table(result, Console(file=out), limit)
