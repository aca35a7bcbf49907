"""The name of a kind of system in; what may be set for it and which module collects it out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of system that can be collected from.

    Parameters
    ----------
    module
        Where its collector is.
    formats
        Formats that read what it lands, and the streams that each of them reads, in the order in
        which they are collected; any name where there is none.
    secrets
        Settings that are given as ``env:NAME`` only.
    credentials
        Sets of settings, one of which has to be complete.
    on_request
        Streams that are collected only where ``streams`` names them.
    suffix
        Of the files it lands.
    """

    module: str
    formats: dict[str, tuple[str, ...]]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    secrets: tuple[str, ...]
    credentials: tuple[tuple[str, ...], ...]
    suffix: str = ".json"
    on_request: tuple[str, ...] = ()


_HTTP = (
    "base_url",
    "ca_file",
    "since",
    "page_size",
    "timeout_s",
    "max_response_bytes",
    "max_minutes",
)

KINDS: dict[str, Kind] = {
    "imap": Kind(
        module="ingest.collect.imap",
        formats={"email": ()},
        required=("host", "user"),
        optional=(
            "port", "security", "ca_file", "folders", "since", "client_id", "token_url", "scope",
            "batch_messages", "batch_bytes", "max_message_bytes", "timeout_s", "max_minutes",
        ),
        secrets=("password", "token", "client_secret", "refresh_token"),
        credentials=(
            ("password",),
            ("token",),
            ("refresh_token", "client_id", "token_url"),
            ("client_secret", "client_id", "token_url"),
        ),
        suffix=".mbox",
    ),
    "intercom": Kind(
        module="ingest.collect.rest.intercom",
        formats={"intercom": ("conversations", "contacts", "tickets")},
        optional=(*_HTTP, "streams"),
        secrets=("token",),
        credentials=(("token",),),
        # need permissions that a token for conversations may not have
        on_request=("contacts", "tickets"),
    ),
    "zendesk": Kind(
        module="ingest.collect.rest.zendesk",
        formats={
            "zendesk": (
                "organizations", "users", "groups", "brands", "tickets", "ticket_events",
                "satisfaction_ratings", "survey_responses",
            )
        },
        optional=(*_HTTP, "subdomain", "user", "streams"),
        secrets=("token",),
        credentials=(("token", "subdomain"), ("token", "base_url")),
        on_request=("survey_responses",),
    ),
    "twilio": Kind(
        module="ingest.collect.rest.twilio",
        formats={
            "twilio": ("calls", "recordings", "messages"),
            "twilio_conversations": ("conversations",),
        },
        required=("account_sid",),
        optional=(*_HTTP, "conversations_url", "streams", "key_sid"),
        secrets=("token",),
        credentials=(("token",),),
        # those of a conversation are in its own list, too: one of the two is enough
        on_request=("messages",),
    ),
    "hubspot": Kind(
        module="ingest.collect.rest.hubspot",
        formats={
            "hubspot": (
                "owners", "deal_pipelines", "companies", "contacts", "deals",
                "tickets", "products", "line_items", "calls", "emails", "meetings", "notes",
                "tasks", "communications", "goal_targets", "campaigns", "email_campaigns",
                "email_events", "lists", "memberships",
            )
        },
        optional=(*_HTTP, "streams"),
        secrets=("token",),
        credentials=(("token",),),
    ),
    "salesforce": Kind(
        module="ingest.collect.rest.salesforce",
        formats={
            "salesforce": (
                "User", "Account", "Contact", "Lead", "Campaign", "CampaignMember",
                "OpportunityStage", "Opportunity", "OpportunityContactRole", "OpportunityHistory",
                "OpportunityFieldHistory", "ForecastingQuota", "Product2", "OpportunityLineItem",
                "Order", "OrderItem", "Task", "Event", "EmailMessage", "Case",
                "CaseHistory", "CaseComment", "VoiceCall", "LiveChatTranscript",
                "MessagingSession",
            )
        },
        required=("base_url",),
        optional=(*_HTTP, "client_id", "token_url", "scope", "api_version", "streams"),
        secrets=("client_secret", "refresh_token", "token"),
        credentials=(("client_secret", "client_id"), ("refresh_token", "client_id"), ("token",)),
        suffix=".csv",
        # of products of their own, which most organisations lack
        on_request=("VoiceCall", "LiveChatTranscript", "MessagingSession"),
    ),
}  # fmt: skip
