"""A process in; the same process, whose new files and folders are closed to strangers, out."""

from __future__ import annotations

import os

OTHERS = 0o007
"""What may be done by who is neither the owner of a file nor in its group."""


def keep_from_others() -> None:
    """Give nobody but the owner and the group anything of what this process makes from now on.

    A home is full of personal data, and most systems let every account of the machine read what a
    program writes. What was made before keeps its mode, and the group what the umask leaves it.
    """
    # there is no way to look at the umask without setting it
    before = os.umask(OTHERS)
    os.umask(before | OTHERS)
