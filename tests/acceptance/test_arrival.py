"""Files may arrive in any order and runs may die at any moment: the marts are the same."""

from __future__ import annotations

import random
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.forked import Forked
from tests.acceptance.warehouse import Warehouse

pytestmark = pytest.mark.pipeline

SCORES = frozenset(
    {
        "lead_score",
        "lead_grade",
        "lead_probability",
        "churn_grade",
        "churn_probability",
        "segment_name",
    }
)
"""Columns of marts.customer_360 that come from the scores."""

OF_EARLIER_RUNS = 'marts."customer_id_history"'
"""The one table that tells of what was published before: an id that no run gave out cannot end."""

DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")


def deliver(files: list[Path], simulated: Path, warehouse: Warehouse) -> None:
    for file in files:
        target = warehouse.home / "landing" / file.relative_to(simulated / "landing")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)


def dated(file: Path) -> str:
    match = DATE.search(str(file))
    return match.group() if match else "0000"


def test_one_delivery_at_a_time_gives_the_same_marts(
    built: Warehouse, simulated: Path, new_home: Callable[..., Warehouse]
) -> None:
    warehouse = new_home(landing=False)
    files = sorted((f for f in (simulated / "landing").rglob("*") if f.is_file()), key=dated)
    months = sorted({dated(file)[:7] for file in files})
    third = len(months) // 3

    deliver([f for f in files if dated(f)[:7] <= months[2 * third]], simulated, warehouse)
    warehouse.run()
    for month in months[2 * third + 3 : -1 : 3]:
        deliver([f for f in files if dated(f)[:7] <= month], simulated, warehouse)
        warehouse.load()
    deliver(files, simulated, warehouse)
    warehouse.run()

    # A model that an earlier delivery left in charge stays so until a new one is better: scores
    # tell of the models there were, everything else of the records alone.
    found, expected = (one.fingerprint(("marts",), SCORES) for one in (warehouse, built))
    assert expected.pop(OF_EARLIER_RUNS)[0] == 0
    retired = found.pop(OF_EARLIER_RUNS)[0]
    assert found == expected
    ((resolved,),) = warehouse.query(
        "select count(*) from marts.customer_id_history as history "
        "inner join marts.dim_customers using (customer_id)"
    )
    assert 0 < resolved == retired


def test_newest_files_first_and_ten_kills_give_the_same_marts(
    built: Warehouse, simulated: Path, new_home: Callable[..., Warehouse], process: Forked
) -> None:
    warehouse = new_home(landing=False)
    files = sorted((f for f in (simulated / "landing").rglob("*") if f.is_file()), key=dated)
    half = len(files) // 2
    chance = random.Random(20)

    # while half of the files are there only loads are killed: a run might train models of them,
    # which stay in charge
    deliver(files[half:], simulated, warehouse)
    environment, ended = warehouse.environment(), []
    for _ in range(4):
        after = chance.uniform(0.2, 3)
        ended.append(process.crm("ingest", environment=environment, killed_after=after))
    warehouse.load()
    deliver(files[:half], simulated, warehouse)
    for _ in range(6):
        after = chance.uniform(0.3, 7)
        ended.append(process.crm("run", environment=environment, killed_after=after))
    warehouse.run()

    # one that a fast machine is done with has ended well
    assert set(ended) <= {0, -signal.SIGKILL}
    assert -signal.SIGKILL in ended[:4]
    assert -signal.SIGKILL in ended[4:]
    assert warehouse.fingerprint() == built.fingerprint()
