"""A message that came through a mailing list in; whether people talk on it with us out.

A shared inbox is often a group of Google's or a list of Mailman's: everything that customers write
there, and what colleagues answer with the group in copy, bears the marks of a list.
"""

from __future__ import annotations

import re

from ingest.sources.email.headers import Headers
from ingest.sources.email.sides import Sides

_LIST_ID = re.compile(r"<([^<>\s]+)>\s*$")


def is_of_our_list(headers: Headers, sides: Sides) -> bool:
    """Return whether somebody wrote through a list of ours to us, or one of us answered.

    Our newsletter is a list of ours, too, but there we write, and answer nobody.
    """
    found = _LIST_ID.search(headers.raw("list-id"))
    is_of_people = sides.direction == "inbound" or "in-reply-to" in headers
    return is_of_people and found is not None and sides.is_ours(f"list@{found.group(1)}")
