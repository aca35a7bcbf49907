"""The ``crm`` command.

Nothing heavy is imported here or at the top of any module of this package: ``crm --help`` and
``crm sql`` answer at once, and only a run pays for Dagster and dbt (6 s).
"""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line."""
    # Ctrl-C while Python imports would show where it was; nothing has begun that could be left
    interrupt = signal.getsignal(signal.SIGINT)
    if interrupt is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    from typer.main import get_command

    from ingest.private_files import keep_from_others
    from orchestration.cli.app import app
    from orchestration.cli.lost_interrupts import send_again
    from orchestration.garbage import look_rarely

    look_rarely()
    keep_from_others()
    send_again()
    command = get_command(app)
    signal.signal(signal.SIGINT, interrupt)
    command()
