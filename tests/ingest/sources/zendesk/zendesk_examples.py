"""Records as in the reference of the Support API, with ids that fit together."""

from __future__ import annotations

from datetime import datetime

at = datetime.fromisoformat


# examples as in the reference of the Support API, with ids that fit together
TICKET = {
    "id": 35436,
    "url": "https://company.zendesk.com/api/v2/tickets/35436.json",
    "external_id": "ahg35h3jh",
    "type": "incident",
    "subject": "Help, my printer is on fire!",
    "raw_subject": "{{dc.printer_on_fire}}",
    "description": "The fire is very colorful.",
    "priority": "high",
    "status": "open",
    "recipient": "support@company.com",
    "requester_id": 20978392,
    "submitter_id": 76872,
    "assignee_id": 235323,
    "organization_id": 509974,
    "group_id": 98738,
    "brand_id": 7,
    "problem_id": 9873764,
    "due_at": None,
    "tags": ["enterprise", "other_tag"],
    "via": {"channel": "web"},
    "custom_fields": [{"id": 27642, "value": "745"}],
    "satisfaction_rating": {"id": 1234, "score": "good", "comment": "Great support!"},
    "created_at": "2009-07-20T22:55:29Z",
    "updated_at": "2011-05-05T10:38:52Z",
    "generated_timestamp": 1304592000,
}


USERS = [
    {"id": 20978392, "name": "Johnny End User", "email": "johnny@example.com", "role": "end-user",
     "phone": "+15551234567", "external_id": "sai989sur98w9", "organization_id": 509974,
     "iana_time_zone": "Europe/Copenhagen", "time_zone": "Copenhagen", "locale": "en-US",
     "active": True, "created_at": "2009-07-20T22:55:29Z", "updated_at": "2011-05-05T10:38:52Z",
     "last_login_at": "2011-05-05T10:38:52Z", "tags": ["vip"]},
    {"id": 235323, "name": "Mariana Agent", "email": "mariana@company.com", "role": "agent",
     "active": True, "created_at": "2009-07-20T22:55:29Z", "updated_at": "2010-05-05T10:38:52Z"},
    {"id": 76872, "name": "Ad Min", "email": "admin@company.com", "role": "admin", "active": False},
]  # fmt: skip


# the answer to GET /api/v2/users/{user_id}/identities in Zendesk's documentation
IDENTITIES = [
    {"id": 35436, "user_id": 20978392, "type": "email", "value": "someone@example.com",
     "primary": False, "verified": True, "verification_method": "low", "deliverable_state":
     "deliverable", "undeliverable_count": 0, "created_at": "2011-07-20T22:55:29Z",
     "updated_at": "2011-07-20T22:55:29Z",
     "url": "https://company.zendesk.com/api/v2/users/20978392/identities/35436.json"},
    {"id": 77136, "user_id": 20978392, "type": "twitter", "value": "didgeridooboy",
     "primary": False, "verified": True, "created_at": "2012-02-12T14:25:21Z"},
    {"id": 88136, "user_id": 20978392, "type": "phone_number", "value": "+1 555-123-4567",
     "primary": True, "verified": True, "created_at": "2012-02-12T14:25:21Z"},
]  # fmt: skip


PUBLIC = {
    "id": 1274, "type": "Comment", "author_id": 20978392, "audit_id": 432907773,
    "body": "Thanks for your help!", "html_body": "<p>Thanks for your help!</p>", "public": True,
    "created_at": "2009-07-20T22:55:29Z", "via": {"channel": "email", "source": {"from": {}}},
    "attachments": [{"id": 498483, "file_name": "crash.log", "content_type": "text/plain",
                     "size": 2532, "content_url": "https://company.zendesk.com/crash.log"}],
}  # fmt: skip


PRIVATE = {"id": 1275, "type": "Comment", "author_id": 235323, "body": "Angry.", "public": False,
           "created_at": "2009-07-20T23:00:00Z", "via": {"channel": "web"}}  # fmt: skip


ANSWER = {"id": 1276, "type": "Comment", "author_id": 235323,
          "html_body": "<p>Water.</p><p>Bye</p>", "public": True,
          "created_at": "2009-07-20T23:10:00Z", "via": {"channel": "web"}}  # fmt: skip


AUDIT = {
    "id": 35436, "ticket_id": 47, "created_at": "2009-07-20T22:55:29Z", "author_id": 35436,
    "metadata": {"system": {"location": "San Francisco"}}, "via": {"channel": "web"},
    "events": [
        {"id": 1564245, "type": "Comment", "body": "Thanks!", "public": True, "attachments": []},
        {"id": 1564246, "type": "Notification", "subject": "Your ticket", "body": "#47 updated"},
        {"id": 1274, "type": "Change", "field_name": "status", "value": "open",
         "previous_value": "new"},
        {"id": 1275, "type": "Change", "field_name": "tags", "value": ["a", "b"],
         "previous_value": ["a"]},
        {"id": 1276, "type": "Create", "field_name": "group_id", "value": "98738"},
        {"id": 1277, "type": "Create", "field_name": "first_reply_time",
         "value": {"minutes": 1440, "in_business_hours": False}},
    ],
}  # fmt: skip


# the answer to GET /api/v2/tickets/{ticket_id}/conversation_log in Zendesk's documentation
CONVERSATION_LOG = {
    "events": [
        {
            "attachments": [],
            "author": {
                "avatar_url": "https://static.zdassets.com/web_widget/latest/default_avatar.png",
                "display_name": "SampleBot", "type": "bot", "zen:sunco:user_id": "a21a91fd1234a",
                "zen:support:user_id": -1,
            },
            "content": {
                "actions": [{"reply": {"payload": "goto_node=01J", "text": "Talk to a human"}}],
                "text": "Hey! Have a question? I'm here to assist.", "type": "text",
            },
            "created_at": "2025-04-22T09:24:26Z",
            "id": "02JSED093DTX4RTDRRJXN2YKB0",
            "metadata": {"custom": {}, "system": {}, "ticket_version": 0},
            "received_at": "2025-04-22T09:24:26.861Z",
            "reference": "zen:sunco:conversation_message:6807603a38564290f5a086c2",
            "source": {"type": "zd:answerBot"},
            "type": "Messaging::ConversationMessage",
        },
        {
            "attachments": [],
            "author": {"display_name": "sample user", "type": "user",
                       "zen:support:user_id": 8303911923701},
            "content": {
                "body": '<div class="zd-comment" dir="auto"><p dir="auto">Conversation with wp '
                        'native</p>\n\n<p dir="auto">URL: None</p></div>',
                "type": "html",
            },
            "created_at": "2025-04-22T09:24:46Z",
            "id": "01JSED0VSGBJP9TJ471NTUGYYD",
            "metadata": {"custom": {}, "public": False, "system": {}, "ticket_version": 0},
            "reference": "zen:ticket_event:8639371328313",
            "type": "Comment",
        },
    ],
    "links": {
        "next": "https://company.zendesk.com/api/v2/tickets/123/conversation_log?page%5Bafter%5D=eyJ",
        "prev": "https://company.zendesk.com/api/v2/tickets/123/conversation_log?page%5Bbefore%5D=eyJ",
    },
    "meta": {"after_cursor": "eyJ", "before_cursor": "eyJ", "has_more": False},
}  # fmt: skip


def only(outcome, entity):
    (row,) = outcome.rows[entity]
    return row
