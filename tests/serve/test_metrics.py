"""Metrics computed from a published file of known contents."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app

runner = CliRunner()


@pytest.fixture
def metric_home(home: Path) -> Path:
    with duckdb.connect(str(home / "published" / "crm.duckdb")) as con:
        con.execute("create schema meta")
        con.execute(
            """
            create table marts.deals as
            select * from (values
                (timestamp '2026-01-05', 'north', true, 10.0),
                (timestamp '2026-01-31', 'north', false, 7.0),
                (timestamp '2026-02-01', 'south', true, 5.0),
                (timestamp '2026-02-02', 'it''s', true, null)
            ) as t (closed_at, team, is_won, amount_base)
            """
        )
        con.execute(
            """
            create table meta.metrics as
            select * from (values
                ('won_value', 'marts.deals', 'closed_at', 'team|is_won',
                 'sum(case when is_won then amount_base end)'),
                ('win_rate', 'marts.deals', 'closed_at', 'team|is_won',
                 'cast(sum(case when is_won then 1 else 0 end) as double) / nullif(count(*), 0)'),
                ('order_count', 'marts.orders', 'ordered_at', 'note', 'count(*)')
            ) as t (name, table_name, time_column, dimensions, expression)
            cross join (select 'a sentence' as description)
            """
        )
    return home


def ask(home: Path, *arguments: str) -> str:
    done = runner.invoke(app, ["metrics", *arguments, "--home", str(home), "--format", "csv"])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_without_a_name_all_are_listed(metric_home: Path) -> None:
    lines = ask(metric_home).splitlines()
    assert lines[0] == "name,description,table_name,time_column,dimensions"
    assert [line.split(",")[0] for line in lines[1:]] == ["win_rate", "won_value", "order_count"]


def test_several_of_one_table_stand_side_by_side(metric_home: Path) -> None:
    assert ask(metric_home, "won_value", "win_rate", "--by", "month") == (
        "month,won_value,win_rate\n2026-01-01,10.0,0.5\n2026-02-01,5.0,1.0\n"
    )


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ((), "15.0"),
        (("--where", "team=north"), "10.0"),
        (("--where", "team=north", "--where", "team=south"), "15.0"),
        (("--where", "team=it's"), ""),
        (("--where", "team=x' or 1=1 --"), ""),
        (("--since", "2026-02-01"), "5.0"),
        (("--until", "2026-02-01"), "10.0"),
    ],
)
def test_only_what_is_asked_for_counts(
    metric_home: Path, options: tuple[str, ...], value: str
) -> None:
    assert ask(metric_home, "won_value", *options).splitlines()[1].strip('"') == value


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("won",), "there is no metric 'won'"),
        (("won_value", "order_count"), "different tables"),
        (("won_value", "--by", "closed_at; drop"), "has no 'closed_at; drop'"),
        (("won_value", "--where", "amount_base=1"), "one of team, is_won"),
        (("won_value", "--since", "soon"), "'soon' is no day"),
        (("won_value", "--since", "2026-02-01", "--until", "2026-02-01"), "there is no day"),
        (("--by", "month"), "need a metric"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    metric_home: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = runner.invoke(app, ["metrics", *arguments, "--home", str(metric_home)])
    assert done.exit_code == 2
    assert said in done.stderr
