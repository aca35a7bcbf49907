"""The warehouse is opened many times in one process, whatever happened to it in between."""

from __future__ import annotations

from pathlib import Path

from orchestration import warehouse
from orchestration.home import Home


def test_a_held_warehouse_opens_again_after_a_step_that_needed_the_disk(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with warehouse.connect(home):
        pass
    with warehouse.held(home):
        with warehouse.connect(home) as con:
            con.execute("set memory_limit = '60MiB'")
            con.execute(
                "create temp table large as select hash(range) as a, hash(range + 1)::varchar as b "
                "from range(2_000_000)"
            )
            assert list((tmp_path / "tmp").iterdir())
        with warehouse.connect(home) as con:
            assert con.execute("select current_setting('temp_directory')").fetchone() == (
                str(tmp_path / "tmp"),
            )


def test_a_small_warehouse_is_given_one_thread(tmp_path: Path) -> None:
    with warehouse.connect(Home(tmp_path)) as con:
        assert con.execute("select current_setting('threads')").fetchone() == (1,)
