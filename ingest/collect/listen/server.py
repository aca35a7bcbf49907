"""A home folder and an address in; a receiver that runs until it is told to stop out."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from pathlib import Path

import uvicorn
import uvloop

from ingest.collect.listen.app import Receiver
from ingest.collect.listen.connections import MAX_CONNECTIONS, BoundedConnection
from ingest.collect.listen.journal import Journal, Rotation
from ingest.collect.listen.landing_file import recover
from ingest.collect.listen.lock import only_receiver
from ingest.collect.listen.rejections import Rejections
from ingest.collect.listen.settings import read_webhooks
from ingest.collect.listen.webhook import Webhook
from ingest.errors import IngestError

logger = logging.getLogger(__name__)

KEEP_ALIVE_S = 30
SHUTDOWN_S = 5
"""What is still on its way then is answered 503: supervisors of containers kill after ten."""


class CannotListen(IngestError):
    """The address cannot be bound."""


def listen(home: Path, host: str, port: int, rotation: Rotation | None = None) -> None:
    """Receive the webhooks of ``sources.yml`` until a signal says stop.

    Parameters
    ----------
    port
        0 for one that is free; the log names it.

    Raises
    ------
    ConfigError, AlreadyReceiving, CannotListen
        Before anything is received.
    """
    webhooks = read_webhooks(home / "sources.yml")
    folder = home / "listen"
    with only_receiver(folder / "receiver.lock"):
        for webhook in webhooks:
            finished = recover(home / "landing" / webhook.source)
            if finished:
                logger.info("%s: finished %d files left open", webhook.source, finished)
        with _bound(host, port) as sock:
            rejections = Rejections(folder / "rejected.jsonl")
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_serve(home, webhooks, rejections, sock, rotation))
            rejections.close()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=MAX_CONNECTIONS)
    except OSError as error:
        # Python adds the address to what the system says
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise CannotListen(
            f"{host}:{port} cannot be bound ({reason}); use another --port."
        ) from None


async def _serve(
    home: Path,
    webhooks: tuple[Webhook, ...],
    rejections: Rejections,
    sock: socket.socket,
    rotation: Rotation | None,
) -> None:
    journal = Journal(home / "landing", rotation)
    journal.start()
    config = uvicorn.Config(
        Receiver(webhooks, journal, rejections),
        http=BoundedConnection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    host, port = sock.getsockname()[:2]
    for webhook in webhooks:
        where = f"http://{host}:{port}{webhook.path}"
        logger.info("%s: receiving %s at %s", webhook.source, webhook.api, where)
    await _Server(config, journal).serve(sockets=[sock])


class _Server(uvicorn.Server):
    """Finishes the open files before uvicorn raises the signal that stopped it again."""

    def __init__(self, config: uvicorn.Config, journal: Journal) -> None:
        super().__init__(config)
        self.journal = journal

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await self.journal.close()
