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
from demo.files.billing import write_invoices, write_payments, write_rates
from demo.files.crm_activities import write_activities
from demo.files.crm_deal_lines import write_deal_lines
from demo.files.crm_deals import write_deals, write_pipeline_stages
from demo.files.crm_people import write_accounts, write_contacts, write_leads
from demo.files.crm_setup import (
    write_campaign_members,
    write_campaigns,
    write_quotas,
    write_users,
)
from demo.files.helpdesk import write_helpdesk
from demo.files.intercom import write_chats
from demo.files.landing import Landing
from demo.files.mail import write_mail
from demo.files.marketing import write_marketing
from demo.files.phone import write_calls
from demo.files.segment import write_web
from demo.files.shop import (
    write_order_lines,
    write_orders,
    write_products,
    write_shop_customers,
)
from demo.files.slack import write_slack
from demo.sizes import Size
from demo.truth.tables import write_truth

log = logging.getLogger(__name__)

WRITERS: tuple[Callable[[Landing, World], None], ...] = (
    write_users,
    write_quotas,
    write_campaigns,
    write_campaign_members,
    write_accounts,
    write_contacts,
    write_leads,
    write_pipeline_stages,
    write_deals,
    write_deal_lines,
    write_activities,
    write_products,
    write_shop_customers,
    write_orders,
    write_order_lines,
    write_invoices,
    write_payments,
    write_rates,
    write_helpdesk,
    write_marketing,
    write_mail,
    write_chats,
    write_slack,
    write_calls,
    write_access_log,
    write_web,
)
SETTINGS = resources.files("demo.files").joinpath("sources.yml")
INTERACTION_KINDS = (
    "web",
    "web_log",
    "mail",
    "intercom",
    "slack",
    "phone",
    "email_events",
    "activities",
)


class NotADemoHome(Exception):
    """The folder holds somebody's own data, which the simulation would delete."""


def refuse_own_data(home: Path) -> None:
    """Raise ``NotADemoHome`` if ``home`` holds data or settings that are not a demo's."""
    landing, settings = home / "landing", home / "sources.yml"
    if landing.is_dir() and any(landing.iterdir()) and not (home / "truth").is_dir():
        raise NotADemoHome(
            f"{landing} holds files of a real company (there is no {home / 'truth'}): "
            "name another folder with --home."
        )
    first_line = SETTINGS.read_text(encoding="utf-8").splitlines()[0]
    if settings.exists() and not settings.read_text(encoding="utf-8").startswith(first_line):
        raise NotADemoHome(
            f"{settings} is not the simulated company's: name another folder with --home."
        )


def generate(home: Path, size: Size, seed: int) -> dict[str, int]:
    """Write the simulated company below ``home``; return records by kind of file.

    The bytes depend on ``size`` and ``seed`` alone. What an earlier run left in ``landing`` and
    ``truth`` is removed first.

    Raises
    ------
    NotADemoHome
        If ``home`` holds data of a real company.
    """
    refuse_own_data(home)
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
    (home / "sources.yml").write_bytes(SETTINGS.read_bytes())
    _write_key(home / "identity.key", seed)
    return landing.records


def _write_key(path: Path, seed: int) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(hashlib.sha256(f"nordlicht identity {seed}".encode()).hexdigest() + "\n")
