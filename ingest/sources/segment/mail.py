"""E-mail events of the Segment spec in; ``email_event`` and withdrawn ``consent`` out."""

from __future__ import annotations

import polars as pl

from ingest.sources.web.visitors import address_in, email_ref

MAIL_EVENTS = {
    "Email Delivered": "delivered",
    "Email Opened": "open",
    "Email Link Clicked": "click",
    "Email Bounced": "bounce",
    "Email Marked as Spam": "spam_report",
    "Unsubscribed": "unsubscribe",
}


def mail_rows(said: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the rows of ``email_event`` and ``consent``.

    ``context.traits.email`` says whose mail it is, else the address among the properties; the
    person logged in is taken where a mail tool leaves both out.
    """
    mails = said.filter(pl.col("event_name").is_in(list(MAIL_EVENTS))).with_columns(
        recipient_ref=pl.coalesce(
            email_ref(), pl.lit("email:") + address_in(pl.col("p_email")), "user_id", "anonymous_id"
        ),
        kind=pl.col("event_name").replace_strict(MAIL_EVENTS, default=None),
    )
    return {
        "email_event": mails.select(
            "position",
            "recipient_ref",
            "event_at",
            "recorded_at",
            "attributes",
            email_event_id="event_id",
            email_id="p_email_id",
            campaign_ref="p_campaign_id",
            event_type="kind",
            url="p_link_url",
        ),
        # the spec leaves open whether one list or all mail is meant: a list named is kept in
        # the attributes, and too little mail is the smaller mistake
        "consent": mails.filter(pl.col("kind") == "unsubscribe").select(
            "position",
            "recorded_at",
            "attributes",
            consent_id="event_id",
            person_ref="recipient_ref",
            purpose=pl.lit("marketing"),
            channel=pl.lit("email"),
            status=pl.lit("withdrawn"),
            captured_at="event_at",
            evidence_ref="p_email_id",
        ),
    }
