"""``crm collect``: fetch what is new from live systems, or listen for what they send."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Annotated

import typer

logger = logging.getLogger(__name__)


def collect(
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="Collect this source only; repeatable.",
            show_default=False,
        ),
    ] = None,
    listen: Annotated[
        bool, typer.Option("--listen", help="Receive webhooks until stopped.")
    ] = False,
    host: Annotated[
        str,
        typer.Option(help="With --listen: address to bind. TLS is the business of a proxy."),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="With --listen: port to bind; 0 for a free one.", min=0, max=65535)
    ] = 8090,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            help="Home folder. Default: $CRM_HOME, else ./data.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Land what live systems have, for the next run to load.

    Without --listen the sources of sources.yml that have a collect section are asked once. With
    --listen those of kind webhook are received: an event that was answered with 200 is on the disk.

    crm collect --source mail

    crm collect --listen --port 8090
    """
    home = home or Path(os.environ.get("CRM_HOME", "data"))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # a line per request hides the sentences that matter, and addresses hold ids of people
    logging.getLogger("httpx").setLevel(logging.WARNING)

    from ingest.errors import IngestError

    try:
        if not listen:
            if failed := _collect_once(home, source or []):
                typer.echo(f"crm: not collected: {', '.join(failed)}.", err=True)
                raise typer.Exit(1)
            return
        if source:
            typer.echo("crm: --source does not go with --listen, which receives all.", err=True)
            raise typer.Exit(2)
        from ingest.collect.listen.server import listen as receive

        receive(home, host, port)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except IngestError as error:
        typer.echo(f"crm: {error}", err=True)
        raise typer.Exit(2) from None


def _collect_once(home: Path, names: list[str]) -> list[str]:
    """Ask every source, or the named ones, for what is new; return those that failed.

    Raises
    ------
    IngestError
        If sources.yml cannot be used, or has no such source.
    """
    from ingest.collect.errors import CollectError
    from ingest.collect.run import collect as collect_source
    from ingest.config import read_config
    from ingest.errors import UnknownSource, nearest

    sources = {one.name: one for one in read_config(home / "sources.yml").sources}
    for name in names:
        if name not in sources:
            raise UnknownSource(f"{name!r} is no source; {nearest(name, sources)}")
    asked = names or [name for name, one in sources.items() if one.collect is not None]
    failed = []
    for name in asked:
        try:
            done = collect_source(sources[name], home)
        except CollectError as error:
            typer.echo(f"crm: {name}: {error}", err=True)
            failed.append(name)
            continue
        except Exception as error:
            # what nobody foresaw in the answers of one system is no reason to miss the others
            logger.exception("%s: collecting failed", name)
            typer.echo(
                f"crm: {name}: {type(error).__name__}, see above; what was landed before stays.",
                err=True,
            )
            failed.append(name)
            continue
        more = f"; {done.left_off}" if done.left_off else ""
        typer.echo(f"{name}: {done.records} records in {len(done.files)} files{more}")
    if not asked:
        typer.echo("No source has a collect section that is asked for records.")
    return failed
