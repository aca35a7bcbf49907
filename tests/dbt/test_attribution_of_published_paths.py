"""Ten thousand published paths through the path table, the mart of touches and the chains.

Figures of first, last and linear touch and of the exact chain come with the data; those of
position and Shapley were counted from it apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from scratch_warehouse import SETTINGS

from ingest.from_contracts.schema import create_schemas_and_tables
from orchestration.home import Home
from orchestration.scores.scoring import score_channels
from tests.dbt_builds import build_models

pytestmark = [pytest.mark.pipeline, pytest.mark.real_data]

POSITION = {"alpha": 7444.8238, "iota": 3944.9482, "eta": 3618.7961, "beta": 1969.7662}
SHAPLEY = {
    "alpha": 7627.944, "iota": 3505.044, "eta": 3613.656,
    "beta": 1982.739, "theta": 1190.963, "lambda": 987.782,
}  # fmt: skip

# every conversion is a customer's own; what division leaves of the value is the first one's
PATHS = """
create schema if not exists features;
create table features.campaign_paths as
with published as (
    select row_number() over () as number, string_split(path, ' > ') as steps,
        cast(total_conversions as bigint) as total_conversions,
        cast(total_null as bigint) as total_null,
        cast(total_conversion_value as decimal(18, 4)) as total_value
    from read_csv($file, delim = ';', header = true)
),
repeated as (
    select number, steps, total_value, total_conversions,
        unnest(range(1, total_conversions + total_null + 1)) as copy
    from published
),
paths as (
    select number || '-' || copy as path_id, steps, copy <= total_conversions as is_converted,
        case
            when copy > total_conversions then 0
            when copy > 1 then cast(total_value / total_conversions as decimal(18, 4))
            else total_value - (total_conversions - 1)
                * cast(total_value / total_conversions as decimal(18, 4))
        end as conversion_value
    from repeated
)
select path_id, case when is_converted then 'first_order' end as conversion_type,
    is_converted as is_acquisition, path_id as customer_id, is_converted,
    case when is_converted then timestamp '2026-06-30' end as converted_at, 'EUR' as currency,
    cast(conversion_value as decimal(18, 4)) as conversion_value,
    cast(conversion_value as decimal(18, 4)) as conversion_value_base,
    unnest(range(1, len(steps) + 1)) as touch_index, len(steps) as touch_count,
    path_id || '-' || unnest(range(1, len(steps) + 1)) as touch_id,
    timestamp '2026-06-01' + to_hours(unnest(range(1, len(steps) + 1))) as touched_at,
    unnest(steps) as campaign_id, unnest(steps) as channel
from paths
"""


@pytest.fixture(scope="module")
def credited(
    real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    home = tmp_path_factory.mktemp("published_paths")
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        create_schemas_and_tables(con)
        con.executemany("insert into meta.settings values (?, ?)", [*SETTINGS.items()])
        file = real_data / "channel_attribution" / "PathData.csv.gz"
        con.execute(PATHS.replace("$file", f"'{file}'"))
    score_channels(Home(home), "r1", {})
    build_models(
        home, "--select", "fct_attribution", "int_chain_credits__shared", "channel_attribution"
    )
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        yield con


def by_channel(
    con: duckdb.DuckDBPyConnection, model: str, column: str = "conversions"
) -> dict[str, float]:
    rows = con.execute(
        f"select channel, {column} from marts.channel_attribution where attribution_model = ?",
        [model],
    ).fetchall()
    return {channel: float(credit) for channel, credit in rows}


@pytest.mark.parametrize("model", ["first", "last", "linear"])
def test_first_last_and_linear_are_the_published_figures(
    credited: duckdb.DuckDBPyConnection, real_data: Path, model: str
) -> None:
    reference = pl.read_csv(real_data / "channel_attribution" / "reference_heuristic_models.csv")
    for ours, theirs, slack in (
        ("conversions", "conversions", 1e-6),
        ("credited_value", "value", 1),
    ):
        expected = dict(reference.select("channel_name", f"{model}_touch_{theirs}").iter_rows())
        # a value is rounded to four decimals in each of 19,785 conversions
        assert by_channel(credited, model, ours) == pytest.approx(expected, abs=slack)


@pytest.mark.parametrize(
    ("model", "expected", "slack"), [("position", POSITION, 5e-5), ("shapley", SHAPLEY, 5e-4)]
)
def test_position_and_shapley_are_what_was_counted_apart(
    credited: duckdb.DuckDBPyConnection, model: str, expected: dict[str, float], slack: float
) -> None:
    found = by_channel(credited, model)
    assert {channel: found[channel] for channel in expected} == pytest.approx(expected, abs=slack)


def test_the_chain_is_the_exact_one(credited: duckdb.DuckDBPyConnection, real_data: Path) -> None:
    exact = pl.read_csv(
        real_data / "channel_attribution" / "exact_markov_order1_own_computation.csv"
    )
    assert by_channel(credited, "markov") == pytest.approx(
        dict(exact.select("channel_name", "total_conversions").iter_rows()), abs=1e-6
    )
    effects = dict(
        credited.sql(
            "select channel, removal_effect from crm.channel_removal_effects "
            "where attribution_model = 'markov'"
        ).fetchall()
    )
    assert effects == pytest.approx(
        dict(exact.select("channel_name", "removal_effect_conversion").iter_rows()), abs=1e-9
    )


def test_credits_are_all_conversions_and_the_whole_value(
    credited: duckdb.DuckDBPyConnection,
) -> None:
    sums = credited.sql(
        "select attribution_model, sum(conversions), sum(credited_value) "
        "from marts.channel_attribution group by 1"
    ).fetchall()
    assert len(sums) == 9
    for _, conversions, value in sums:
        assert conversions == pytest.approx(19785, abs=1e-6)
        assert float(value) == pytest.approx(74802.97, abs=0.01)
