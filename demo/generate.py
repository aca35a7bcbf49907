"""A home folder, a size and a seed in; landing files, settings, key and truth out."""

from __future__ import annotations

import hashlib
import logging
import shutil
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from demo.company.world import World, make_world
from demo.files.access_log import write_access_log
from demo.files.crm import write_crm
from demo.files.helpdesk import write_helpdesk
from demo.files.intercom import write_chats
from demo.files.landing import Landing
from demo.files.mail import write_mail
from demo.files.marketing import write_marketing
from demo.files.phone import write_calls
from demo.files.segment import write_web
from demo.files.shop import write_shop
from demo.files.slack import write_slack
from demo.sizes import Size
from demo.truth import write_truth

log = logging.getLogger(__name__)

WRITERS: tuple[Callable[[Landing, World], None], ...] = (
    write_crm,
    write_shop,
    write_helpdesk,
    write_marketing,
    write_mail,
    write_chats,
    write_slack,
    write_calls,
    write_access_log,
    write_web,
)
INTERACTION_KINDS = ("web", "web_log", "mail", "intercom", "slack", "phone", "email_events")


def generate(home: Path, size: Size, seed: int) -> dict[str, int]:
    """Write the simulated company below ``home``; return records by kind of file.

    The bytes depend on ``size`` and ``seed`` alone. What an earlier run left in ``landing`` and
    ``truth`` is removed first.
    """
    started = time.perf_counter()
    world = make_world(size, seed)
    log.info("simulated the company in %.1f s", time.perf_counter() - started)
    for folder in ("landing", "truth"):
        if (home / folder).exists():
            shutil.rmtree(home / folder)
    landing = Landing(home / "landing", seed)
    for write in WRITERS:
        begun = time.perf_counter()
        write(landing, world)
        log.info("%s: %.1f s", write.__name__.replace("_", " "), time.perf_counter() - begun)
    write_truth(home / "truth", world, landing.ledger())
    settings = resources.files("demo.files").joinpath("sources.yml").read_bytes()
    (home / "sources.yml").write_bytes(settings)
    _write_key(home / "identity.key", seed)
    return landing.records


def _write_key(path: Path, seed: int) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(hashlib.sha256(f"nordlicht identity {seed}".encode()).hexdigest() + "\n")
