"""Mail that reached the company through a service: a group, a calendar, a form, a journal."""

from __future__ import annotations

import pytest
from mail_messages import HEAD, only, said

GROUP = (
    "Precedence: list\nMailing-list: list support@nordlicht.example\n"
    "List-ID: <support.nordlicht.example>\n"
    "List-Unsubscribe: <mailto:googlegroups-manage+1+unsubscribe@googlegroups.com>\n"
)


@pytest.mark.parametrize(
    ("head", "automated"),
    [
        (HEAD, False),
        (HEAD + "Feedback-ID: 1:campaign:esp\n", True),
        (HEAD.replace("jane@customer", "anna@nordlicht") + "In-Reply-To: <q@x.example>\n", False),
        # our newsletter is a list of ours, too
        (HEAD.replace("jane@customer", "anna@nordlicht"), True),
    ],
)
def test_who_writes_to_a_shared_inbox_is_no_machine(mail, head, automated):
    assert only(mail(f"{head}{GROUP}\nWhere is my order?"))["is_automated"] is automated


def test_the_list_of_somebody_else_is_a_machine(mail):
    theirs = GROUP.replace("nordlicht.example", "customer.example")

    assert only(mail(f"{HEAD}{theirs}\nNews"))["is_automated"] is True


@pytest.mark.parametrize(
    ("sender", "text", "kind"),
    [
        ("", "", "auto_reply"),
        ("", "Can we meet an hour later?", "message"),
        (
            "Sender: Google Calendar <calendar-notification@google.com>\n",
            "jane@customer.example has accepted this invitation.",
            "auto_reply",
        ),
    ],
)
def test_nobody_owes_an_answer_to_who_only_accepts_an_invitation(mail, sender, text, kind):
    calendar = "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n"
    parts = (
        f"Content-Type: multipart/alternative; boundary=b\n\n--b\n\n{text}\n"
        f"--b\nContent-Type: text/calendar; method=REPLY\n\n{calendar}--b--"
    )

    assert only(mail(HEAD + sender + parts))["interaction_type"] == kind


@pytest.mark.parametrize(
    ("head", "customer", "form"),
    [
        ("From: Shop (Shopify) <mailer@shopify.com>", "max@mail.example", "mailer@shopify.com"),
        ("From: Jotform <noreply@jotform.com>", "max@mail.example", "noreply@jotform.com"),
        (
            "From: Shop <noreply@shop.example>\nList-Unsubscribe: <https://shop.example/>",
            "noreply@shop.example",
            None,
        ),
        ("From: Shop <noreply@mail.mail.example>", "noreply@mail.mail.example", None),
        ("From: Jane <jane@customer.example>", "jane@customer.example", None),
    ],
)
def test_a_form_that_others_host_is_from_whom_it_says_to_answer(mail, head, customer, form):
    date = "Date: Mon, 2 Jun 2025 10:00:00 +0000"

    row = only(
        mail(f"{head}\nTo: info@nordlicht.example\nReply-To: Max <max@mail.example>\n{date}\n\nHi")
    )

    assert row["customer_ref"] == row["from_ref"] == f"email:{customer}"
    assert said(row).get("form_email") == form
    assert row["sub_channel"] == (form and "form")


def test_our_own_letter_from_an_address_that_takes_no_answers_stays_ours(mail):
    head = HEAD.replace("jane@customer", "noreply@nordlicht").replace("support@", "info@")

    row = only(mail(f"{head}Cc: jane@customer.example\nReply-To: max@mail.example\n\nHi"))

    assert (row["direction"], row["customer_ref"]) == ("outbound", "email:jane@customer.example")


def test_of_a_journal_the_message_is_read_that_it_keeps(mail):
    kept = HEAD + "\nWhere is my order?"

    row = only(
        mail(
            "From: <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@nordlicht.example>\n"
            "To: journal@nordlicht.example\nDate: Mon, 2 Jun 2025 10:00:05 +0200\n"
            "X-MS-Journal-Report:\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
            "Sender: jane@customer.example\n--b\nContent-Type: message/rfc822\n\n"
            f"{kept}\n--b--"
        )
    )

    assert row["interaction_id"] == "1@customer.example"
    assert (row["direction"], row["body_text"]) == ("inbound", "Where is my order?")
    assert row["customer_ref"] == "email:jane@customer.example"


@pytest.mark.parametrize(
    ("begin", "advice"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .eml"),
        (b"!BDN", "readpst"),
        (b"PK\x03\x04", "unpack it"),
    ],
)
def test_what_keeps_mail_in_another_form_says_what_to_do(read, tmp_path, begin, advice):
    path = tmp_path / "mail.bin"
    path.write_bytes(begin + bytes(600))

    (reject,) = read("email", path).rejected

    assert reject["reason_code"] == "not_a_message"
    assert advice in reject["reason"]


def invitation(event, method="REQUEST"):
    calendar = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\n{event}END:VCALENDAR\r\n"
    return (
        f'{HEAD}Content-Type: multipart/alternative; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSee you\n"
        f"--b\nContent-Type: text/calendar; charset=utf-8; method={method}\n\n{calendar}--b--\n"
    )


OUTLOOK = (
    "BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\n"
    "DTSTART:16010101T030000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    "BEGIN:VEVENT\r\nORGANIZER;CN=Jane Doe:mailto:Jane@customer.example\r\n"
    'ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;CN="Support; north":mailto:\r\n'
    " support@nordlicht.example\r\n"
    'ATTENDEE;MEMBER="mailto:a@x.example","mailto:b@x.example":mailto:ben@x.example\r\n'
    "UID:040000008200E\r\nSUMMARY;LANGUAGE=de-DE:Angebot\\, zweite Runde\\nmit Plan\r\n"
    "DTSTART;TZID=W. Europe Standard Time:20250610T100000\r\n"
    "DTEND;TZID=W. Europe Standard Time:20250610T110000\r\n"
    "RRULE:FREQ=WEEKLY;COUNT=3\r\nSEQUENCE:2\r\nSTATUS:CONFIRMED\r\nLOCATION:Teams\r\n"
    "BEGIN:VALARM\r\nSUMMARY:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nSUMMARY:another\r\nEND:VEVENT\r\n"
)


def test_an_invitation_says_when_and_with_whom_the_meeting_is(mail):
    row = only(mail(invitation(OUTLOOK)))

    assert (row["interaction_type"], row["body_text"]) == ("message", "See you")
    assert said(row)["meeting"] == {
        "method": "request", "uid": "040000008200E", "sequence": "2", "status": "CONFIRMED",
        "summary": "Angebot, zweite Runde\nmit Plan", "location": "Teams",
        "starts": "2025-06-10T08:00:00Z", "ends": "2025-06-10T09:00:00Z",
        "time_zone": "W. Europe Standard Time", "recurrence": "FREQ=WEEKLY;COUNT=3",
        "organizer": "jane@customer.example",
        "attendees": [{"email": "support@nordlicht.example", "answer": "needs-action"},
                      {"email": "ben@x.example"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("DTSTART:20250610T080000Z", "2025-06-10T08:00:00Z"),
        ("DTSTART;TZID=Europe/Berlin:20250110T100000", "2025-01-10T09:00:00Z"),
        ("DTSTART;TZID=/some/where:20250110T100000", "2025-01-10T10:00:00"),
        ("DTSTART:20250110T100000", "2025-01-10T10:00:00"),
        ("DTSTART;VALUE=DATE:20250110", "2025-01-10"),
        ("DTSTART;TZID=../../etc/passwd:soon", "soon"),
        ("DTSTART;TZID=Asia/Tokyo:00010101T000000", "0001-01-01T00:00:00"),
    ],
)
def test_the_time_of_a_meeting_is_utc_where_its_zone_is_known(mail, line, starts):
    row = only(mail(invitation(f"BEGIN:VEVENT\r\n{line}\r\nEND:VEVENT\r\n")))

    assert said(row)["meeting"]["starts"] == starts


def test_an_answer_and_a_cancellation_name_the_meeting_too(mail):
    event = (
        "BEGIN:VEVENT\nUID:7\nATTENDEE;PARTSTAT=DECLINED:mailto:jane@customer.example\nEND:VEVENT\n"
    )
    for method in ("REPLY", "CANCEL"):
        assert said(only(mail(invitation(event, method))))["meeting"] == {
            "method": method.lower(), "uid": "7",
            "attendees": [{"email": "jane@customer.example", "answer": "declined"}],
        }  # fmt: skip


@pytest.mark.parametrize(
    "event",
    [
        "",
        "BEGIN:VEVENT\nEND:VEVENT\n",
        "BEGIN:VTODO\nUID:7\nEND:VTODO\n",
        "BEGIN:X\n" * 5_000,
        "END:VEVENT\n" * 5_000,
        "BEGIN:VEVENT\nDTSTART" + ";A=" * 30_000 + "\n",
        "BEGIN:VEVENT\nDTSTART" + ';A="' * 25_000 + "\n",
        "BEGIN:VEVENT\nDTSTART;A=" + '"x"y' * 24_000 + "\n",
        "BEGIN:VEVENT\n" + "\r\n " * 30_000 + "\n",
    ],
)
def test_a_calendar_object_without_a_meeting_says_nothing(mail, event):
    row = only(mail(invitation(event)))

    assert "meeting" not in said(row)
    assert row["attachment_count"] == 1
