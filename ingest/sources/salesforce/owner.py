"""The colleague whom a Salesforce record belongs to."""

from __future__ import annotations

from ingest.sources.objects.expressions import with_prefix

OWNER = with_prefix("OwnerId", "005")
"""A queue (00G) may own a record too, but it is no colleague."""
