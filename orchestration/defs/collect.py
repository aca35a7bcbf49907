"""landing/<source>: what live systems have, fetched hourly for each source that says from where.

Webhooks are not fetched but received (``crm collect --listen``): theirs are checked for how long
nothing has arrived.
"""

import dagster as dg

from orchestration.collectors import (
    GROUP,
    collected_sources,
    fetched,
    received,
    report_collecting,
)


def collectors() -> dg.Definitions:
    """Return an asset per collected source, and their job and schedule if there are any."""
    sources = collected_sources()
    if not sources:
        return dg.Definitions()
    job = dg.define_asset_job(
        "collect",
        selection=dg.AssetSelection.groups(GROUP),
        hooks={report_collecting},
        description="live systems → landing",
    )
    every_hour = dg.ScheduleDefinition(
        name="every_hour",
        job=job,
        cron_schedule="0 * * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return dg.Definitions(
        assets=[received(one) if one.is_received else fetched(one) for one in sources],
        jobs=[job],
        schedules=[every_hour],
    )
