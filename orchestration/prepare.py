"""``python -m orchestration.prepare``: parse the dbt project and compile its tests ahead of a run.

A process of its own, so that a first run can do it on another core while something else is under
way; later runs find the files that it leaves in ``<home>/dbt/target``.
"""

from __future__ import annotations

from orchestration import dbt_tests
from orchestration.home import Home


def prepare(home: Home) -> None:
    """Leave an up-to-date manifest and the tests' SQL in the home; nothing if they are there."""
    dbt_tests.compiled(home.use())


if __name__ == "__main__":
    prepare(Home.find())
