"""HubSpot's word for where somebody came from in; the channel group that visits have out.

HubSpot fixes these words: the API writes ``ORGANIC_SEARCH``, an export ``Organic Search``.
"""

from __future__ import annotations

from typing import Any

from ingest.sources.objects.expressions import lower

ANALYTICS_SOURCES = {
    "organic_search": "organic_search", "paid_search": "paid_search",
    "email_marketing": "email", "social_media": "organic_social",
    "organic_social": "organic_social", "paid_social": "paid_social",
    "referrals": "referral", "ai_referrals": "ai_assistants", "other_campaigns": "unassigned",
    "direct_traffic": "direct", "offline": "offline", "offline_sources": "offline",
}  # fmt: skip

ORIGIN: dict[str, Any] = {"from": lower("hs_analytics_source"), "values": ANALYTICS_SOURCES}
"""Setting of a column that says where a record came from."""

FIVETRAN_ORIGIN: dict[str, Any] = {
    "from": "property_hs_analytics_source",
    "values": {word.upper(): group for word, group in ANALYTICS_SOURCES.items()},
}
"""The same for the table form, which has the words of the API."""
