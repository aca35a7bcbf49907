"""Files that cannot be understood before another file has arrived, or better after it has.

A Slack export names the author of a message by an id; who that is, colleague or customer, stands
in its ``users.json``. Read without it, a customer's message would count as an internal one, and
the marts would depend on which file came first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from ingest.loading.landing import LandedFile
from ingest.source import Source
from ingest.sources.asterisk_cdr.queue_log import is_queue_log
from ingest.sources.slack.people import users_file
from ingest.sources.slack.reading import is_readable_alone
from ingest.sources.zendesk.directory import LISTS


def complete_files(
    source: Source, files: Iterable[LandedFile]
) -> tuple[list[LandedFile], str | None]:
    """Return the files that can be read now, and what the others wait for; None if there are none.

    Files that are left out are not recorded as read: the next run looks at them again.
    """
    if source.format != "slack":
        return list(files), None
    complete: list[LandedFile] = []
    waiting: list[LandedFile] = []
    for file in files:
        alone = file.refusal is not None or is_readable_alone(file.location)
        (complete if alone or users_file(file.location) else waiting).append(file)
    if not waiting:
        return complete, None
    return complete, (
        f"{len(waiting)} files, {waiting[0].path} the first, are left for the next run: they need "
        "the users.json of their export; put it beside its channel folders"
    )


def reread_folders(source: Source, new: Collection[LandedFile]) -> frozenset[Path]:
    """Return the folders whose files are to be read again now that ``new`` have arrived.

    The tables of a Fivetran export are joined with those beside them, the comments and tickets of a
    Zendesk export with its users, groups, brands and statuses, the call records of Asterisk with
    its queue log: each may have been read before the other was there.
    """
    if source.format.startswith("fivetran."):
        return frozenset(file.location.parent for file in new)
    if source.format == "zendesk":
        lists = [file.location.parent for file in new if file.location.name.startswith(LISTS)]
        below = (folder for parent in lists for folder in parent.iterdir() if folder.is_dir())
        return frozenset([*lists, *below])
    if source.format == "asterisk_cdr":
        return frozenset(file.location.parent for file in new if is_queue_log(file.location))
    return frozenset()
