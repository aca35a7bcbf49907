"""A source that is collected in; on the terminal whether it answers, and what it has."""

from __future__ import annotations

import logging

from rich.console import Console
from rich.text import Text

from ingest.collect.errors import CollectError
from ingest.collect.run import preview
from ingest.source import Source
from orchestration.home import Home

logger = logging.getLogger(__name__)


def report_connection(source: Source, home: Home, console: Console) -> bool:
    """Connect to the system, print what would be fetched, and return whether all of it is there."""
    with console.status(f"[dim]asking {source.name}[/]", spinner="line"):
        try:
            found = preview(source, home.folder)
        except CollectError as error:
            console.print(Text(f"  not reached: {error}", style="red"))
            return False
        except Exception as error:
            # what nobody foresaw in the answers of one system is no reason to check no other
            logger.exception("%s: the check failed", source.name)
            said = f"  not checked: {type(error).__name__}, see above"
            console.print(Text(said, style="red"))
            return False
    console.print(f"  [green]connected[/] ({found.kind})", highlight=False)
    for stream in found.streams:
        waiting = "" if stream.waiting is None else f"{stream.waiting:,} to fetch; "
        console.print(Text(f"    {stream.stream}: {waiting}{stream.detail}"))
    for sentence in found.missing:
        console.print(Text(f"    missing: {sentence}", style="red"))
    return not found.missing
