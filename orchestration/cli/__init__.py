"""The ``crm`` command.

Nothing heavy is imported here or at the top of any module of this package: ``crm --help`` and
``crm sql`` answer at once, and only a run pays for Dagster and dbt (6 s).
"""

from __future__ import annotations

from ingest.private_files import keep_from_others
from orchestration.cli.app import app
from orchestration.garbage import look_rarely


def main() -> None:
    """Run the command line."""
    look_rarely()
    keep_from_others()
    app()
