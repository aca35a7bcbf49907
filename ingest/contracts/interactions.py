"""What customers said and did: interactions of every channel, attachments, web events."""

from __future__ import annotations

from ingest.contracts.contract import Contract
from ingest.contracts.declare import (
    at,
    count,
    currency,
    flag,
    key,
    money,
    number,
    person,
    ref,
    text,
    texts,
)

CHANNELS = (
    "email", "chat", "phone", "web", "sms", "social", "in_person", "device", "post",
)  # fmt: skip

INTERACTION = Contract(
    name="interaction",
    plural="interactions",
    grain="one message, call or note",
    kind="event",
    occurred_at="started_at",
    columns=(
        key("interaction_id", "Id of the message, call or note in its source."),
        text("conversation_ref", "Thread the row belongs to, <namespace>:<id>; a row outside "
             "any thread is its own conversation.", required=True),
        count("turn_index", "Place in its conversation, from 0, where the source says."),
        text("channel", "How it reached us.", required=True, allowed=CHANNELS,
             sensitivity="public"),
        text("sub_channel", "System or medium within the channel, e.g. slack, intercom."),
        text("direction", "inbound: from the customer; outbound: to the customer; internal: "
             "between colleagues.", required=True,
             allowed=("inbound", "outbound", "internal"), sensitivity="public"),
        text("interaction_type", "message, call, chat (a whole one, whose messages are not told "
             "apart), note, meeting, task, draft, bounce, auto_reply, opt_out (nothing but the "
             "wish to get no more).", required=True),
        text("subject", "Subject line.", sensitivity="special"),
        text("body_text", "Text of the message.", sensitivity="special"),
        flag("is_redacted", "The source has taken text out of it: its earlier versions have lost "
             "theirs.", describes=True),
        text("body_hash", "Hash of the text, to find copies without reading them."),
        text("language", "ISO 639 code."),
        person("from_ref", "Who sent it."),
        texts("to_refs", "Who received it, person identifiers.", ref="person",
              sensitivity="personal"),
        person("customer_ref", "The customer's side of the interaction."),
        ref("agent_ref", "agent", "The colleague on our side."),
        text("queue", "Queue, team or mailbox."),
        at("started_at", "When it was sent, or the call came in.", required=True),
        at("answered_at", "When a call was answered."),
        at("ended_at", "When it ended."),
        number("duration_s", "Seconds from start to end.", minimum=0),
        number("talk_s", "Seconds spoken.", minimum=0),
        number("wait_s", "Seconds the customer waited.", minimum=0),
        text("outcome", "answered, no_answer, busy, failed, delivered, bounced."),
        text("disposition", "The source's own word for the outcome."),
        number("sentiment", "-1 (bad) to 1 (good), where the source gives it.", minimum=-1,
               maximum=1),
        flag("is_automated", "Sent by a machine."),
        flag("is_bot", "The other side is a machine."),
        text("recording_url", "Where the recording is kept.", sensitivity="special"),
        count("attachment_count", "Number of attachments."),
        ref("campaign_ref", "campaign", "Campaign it belongs to."),
        ref("ticket_ref", "ticket", "Ticket it belongs to."),
        ref("opportunity_ref", "opportunity", "Opportunity it belongs to."),
        ref("order_ref", "order", "Order it is about."),
        money("cost", "What it cost us."),
        currency("ISO 4217 code of cost."),
    ),
)  # fmt: skip

ATTACHMENT = Contract(
    name="attachment",
    plural="attachments",
    grain="one attachment of one interaction",
    kind="event",
    columns=(
        key("attachment_id", "Interaction id and place within it."),
        ref("interaction_ref", "interaction", "The interaction it came with.", required=True),
        text("file_name", "Name given by the sender.", sensitivity="personal"),
        text("mime_type", "Declared media type."),
        count("size_bytes", "Decoded size."),
        text("sha256", "Hash of the decoded content."),
    ),
)

WEB_EVENT = Contract(
    name="web_event",
    plural="web_events",
    grain="one page view, screen view or tracked event",
    kind="event",
    occurred_at="event_at",
    columns=(
        key("event_id", "Message id of the event."),
        text("event_type", "page, screen, track, identify, group, alias or request.",
             required=True,
             allowed=("page", "screen", "track", "identify", "group", "alias", "request"),
             sensitivity="public"),
        text("event_name", "Name of a tracked event or page."),
        text("anonymous_id", "Device or cookie id, anonymous_id:<namespace>:<id>.",
             identifier="anonymous_id", sensitivity="personal"),
        text("user_id", "Id after login, user_id:<namespace>:<id>.", identifier="user_id",
             sensitivity="personal"),
        text("email", "E-mail address the visitor gave.", identifier="email",
             sensitivity="personal"),
        text("phone", "Phone number the visitor gave, E.164.", identifier="phone",
             sensitivity="personal"),
        at("event_at", "When it happened, clock skew corrected.", required=True),
        text("url", "Page address without its fragment."),
        text("path", "Path of the page."),
        text("referrer", "Address the visitor came from."),
        text("title", "Page title."),
        text("search", "Query string."),
        text("utm_source", "utm_source or campaign source."),
        text("utm_medium", "utm_medium or campaign medium."),
        text("utm_campaign", "utm_campaign or campaign name."),
        text("utm_content", "utm_content."),
        text("utm_term", "utm_term."),
        text("click_id", "Ad click id with its kind, e.g. gclid:abc."),
        text("ip", "Client address.", sensitivity="personal"),
        text("user_agent", "Browser's own description.", sensitivity="personal"),
        text("locale", "Language and region, BCP 47.", codes="language"),
        text("time_zone", "IANA zone of the visitor.", codes="time_zone"),
        flag("is_bot", "Known crawler, monitor or library by its user agent."),
        count("status", "HTTP status of a request."),
        count("bytes_sent", "Size of the answer to a request."),
        text("method", "HTTP method of a request."),
    ),
)  # fmt: skip

CONTRACTS = (INTERACTION, ATTACHMENT, WEB_EVENT)
