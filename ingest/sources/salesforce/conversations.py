"""Salesforce VoiceCall, LiveChatTranscript, MessagingSession: what becomes of their fields.

Each is a record of one call or chat as a whole: when somebody asked for it, when a colleague took
it, when it ended. What was said is one text, which does not tell who of both said what.
"""

from __future__ import annotations

import polars as pl

from ingest.sources.objects import NativeObject, ObjectMap
from ingest.sources.objects.expressions import text_of_html, typed, typed_each, with_prefix
from ingest.sources.salesforce.lineage import EVENT
from ingest.sources.salesforce.owner import OWNER

_CALL_TYPE = pl.col("CallType").str.to_lowercase()
_IS_OUTBOUND_CALL = (_CALL_TYPE == "outbound").fill_null(value=False)
# a transfer is a leg of a call that has a record of its own, the others are between colleagues
_IS_TRANSFER = (_CALL_TYPE == "transfer").fill_null(value=False)
_IS_AMONG_US = _CALL_TYPE.is_in(["internal", "internalcall", "consult", "bridge", "coach"])
_IS_AMONG_US = _IS_AMONG_US.fill_null(value=False)
_THEIR_NUMBER = (
    pl.when(_IS_OUTBOUND_CALL)
    .then("ToPhoneNumber")
    .when(~_IS_AMONG_US)
    .then(pl.col("FromPhoneNumber"))
)
# of an outbound call the time of acceptance is when the colleague dialled
_ACCEPTED_AT = pl.when(~_IS_OUTBOUND_CALL).then(pl.col("CallAcceptDateTime"))
_PICKED_UP_AT = pl.coalesce(_ACCEPTED_AT, "CallConnectDateTime")
_CALL_STATUS = pl.col("CallDisposition").str.to_lowercase()
_RELATED = "RelatedRecordId"

VOICE_CALL = NativeObject(
    name="VoiceCall",
    also_called=("VoiceCalls",),
    maps=(
        ObjectMap(
            "interaction",
            {
                "interaction_id": "Id",
                "conversation_ref": pl.coalesce("ActivityId", "Id"),
                "channel": {"value": "phone"},
                "sub_channel": {"value": "salesforce"},
                "direction": pl.when(_IS_TRANSFER | _IS_AMONG_US)
                .then(pl.lit("internal"))
                .when(_IS_OUTBOUND_CALL)
                .then(pl.lit("outbound"))
                .otherwise(pl.lit("inbound")),
                "interaction_type": {"value": "call"},
                "body_text": "Description",
                "from_ref": typed("phone", pl.col("FromPhoneNumber")),
                "to_refs": typed_each("phone", "ToPhoneNumber"),
                "customer_ref": pl.coalesce(
                    typed("lead", with_prefix(_RELATED, "00Q")),
                    typed("contact", with_prefix(_RELATED, "003")),
                    typed("phone", _THEIR_NUMBER),
                ),
                # nobody's is a call that nobody took, whoever owns the record
                "agent_ref": pl.coalesce(
                    with_prefix("UserId", "005"),
                    pl.when(_IS_OUTBOUND_CALL | _PICKED_UP_AT.is_not_null()).then(OWNER),
                ),
                "queue": "QueueName",
                "started_at": pl.coalesce("CallStartDateTime", "CreatedDate"),
                "answered_at": _PICKED_UP_AT,
                "ended_at": "CallEndDateTime",
                "duration_s": "CallDurationInSeconds",
                "outcome": pl.when(_CALL_STATUS.is_in(["busy", "failed"]))
                .then(_CALL_STATUS)
                .when(pl.col("CallOrigin").str.to_lowercase() == "voicemail")
                .then(pl.lit("no_answer"))
                .when(_PICKED_UP_AT.is_not_null())
                .then(pl.lit("answered"))
                # a call in that nobody accepts stays new
                .when((_CALL_STATUS == "new") & ~_IS_OUTBOUND_CALL)
                .then(pl.lit("no_answer")),
                "disposition": "CallDisposition",
                "sentiment": {"from": "CustomerSentimentScore", "scale": "0.2"},
                "ticket_ref": with_prefix(_RELATED, "500"),
                "opportunity_ref": with_prefix(_RELATED, "006"),
                "order_ref": with_prefix(_RELATED, "801"),
                "cost": "Price",
                "currency": pl.when(pl.col("Price").is_not_null()).then(pl.col("CurrencyCode")),
            },
            **EVENT,
            absorbed=("FromPhoneNumber", "ToPhoneNumber"),
        ),
    ),
    evidence=(("CallStartDateTime",), ("FromPhoneNumber", "ToPhoneNumber"), ("VendorCallKey",)),
)

_CHAT_STATUS = pl.col("Status").str.to_lowercase()
_IS_MISSED = (_CHAT_STATUS == "missed").fill_null(value=False)

LIVE_CHAT_TRANSCRIPT = NativeObject(
    name="LiveChatTranscript",
    also_called=("LiveChatTranscripts", "ChatTranscript", "ChatTranscripts"),
    maps=(
        ObjectMap(
            "interaction",
            {
                "interaction_id": "Id",
                "conversation_ref": "Id",
                "channel": {"value": "chat"},
                "sub_channel": {"value": "salesforce"},
                "direction": {"value": "inbound"},
                "interaction_type": {"value": "chat"},
                "body_text": text_of_html("Body"),
                "customer_ref": pl.coalesce(
                    typed("contact", pl.col("ContactId")), typed("lead", pl.col("LeadId"))
                ),
                "agent_ref": pl.when(~_IS_MISSED).then(OWNER),
                "queue": "LiveChatButton.MasterLabel",
                "started_at": pl.coalesce("RequestTime", "StartTime", "CreatedDate"),
                "answered_at": pl.when(~_IS_MISSED).then(pl.col("StartTime")),
                "ended_at": "EndTime",
                "duration_s": "ChatDuration",
                "wait_s": pl.coalesce("WaitTime", "Abandoned"),
                "outcome": {
                    "from": _CHAT_STATUS,
                    "values": {"completed": "answered", "missed": "no_answer"},
                    "else": None,
                },
                "disposition": "Status",
                "ticket_ref": "CaseId",
            },
            **EVENT,
            absorbed=("Body", "ContactId", "LeadId"),
        ),
    ),
    evidence=(("ChatKey",), ("LiveChatVisitorId", "StartTime")),
)

_ORIGIN = pl.col("Origin").str.to_lowercase()
_IS_OURS = (_ORIGIN.is_not_null() & ~_ORIGIN.str.contains("inbound")).fill_null(value=False)
_BY_MACHINE = pl.col("AgentType").str.to_lowercase().is_in(["bot", "system"])
_BY_MACHINE = _BY_MACHINE.fill_null(value=False)

MESSAGING_SESSION = NativeObject(
    name="MessagingSession",
    also_called=("MessagingSessions",),
    maps=(
        ObjectMap(
            "interaction",
            {
                "interaction_id": "Id",
                "conversation_ref": pl.coalesce("ConversationId", "Id"),
                "channel": pl.when(pl.col("ChannelType").str.to_lowercase() == "text")
                .then(pl.lit("sms"))
                .when(pl.col("ChannelType").str.to_lowercase().is_in(["phone", "voice"]))
                .then(pl.lit("phone"))
                .otherwise(pl.lit("chat")),
                "sub_channel": pl.coalesce(
                    pl.col("ChannelType").str.to_lowercase(), pl.lit("salesforce")
                ),
                "direction": pl.when(_IS_OURS)
                .then(pl.lit("outbound"))
                .otherwise(pl.lit("inbound")),
                "interaction_type": {"value": "chat"},
                "customer_ref": pl.coalesce(
                    typed("contact", pl.col("EndUserContactId")), typed("lead", pl.col("LeadId"))
                ),
                "agent_ref": pl.when(
                    ~_BY_MACHINE & (_IS_OURS | pl.col("AcceptTime").is_not_null())
                ).then(OWNER),
                "queue": "ChannelName",
                "started_at": pl.coalesce("StartTime", "CreatedDate"),
                "answered_at": "AcceptTime",
                "ended_at": "EndTime",
                "outcome": pl.when(pl.col("AcceptTime").is_not_null()).then(pl.lit("answered")),
                "disposition": "Status",
                "is_automated": pl.when(_IS_OURS & _BY_MACHINE).then(pl.lit("true")),
                "ticket_ref": "CaseId",
                "opportunity_ref": "OpportunityId",
                "campaign_ref": "CampaignId",
            },
            **EVENT,
            absorbed=("EndUserContactId", "LeadId", "ChannelType"),
        ),
    ),
    evidence=(("MessagingEndUserId",), ("EndUserMessageCount",)),
)
