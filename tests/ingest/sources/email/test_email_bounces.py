"""Reports on mail that did not arrive."""

from __future__ import annotations

from datetime import datetime

import pytest
from mail_messages import only, said

at = datetime.fromisoformat


REPORT = (
    "From: Mail Delivery Subsystem <MAILER-DAEMON@nordlicht.example>\n"
    "To: anna@nordlicht.example\nDate: Mon, 2 Jun 2025 10:00:00 +0200\n"
    "Subject: Returned mail\nContent-Type: multipart/report;"
    ' report-type=delivery-status; boundary="b"'
    "\n\n--b\nContent-Type: text/plain\n\nsorry\n--b\nContent-Type: message/delivery-status\n\n"
    "Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; jane@customer.example\n"
    "Action: {action}\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 unknown\n\n--b--\n"
)


def test_a_bounce_is_about_the_customer_who_was_not_reached(mail):
    row = only(mail(REPORT.format(action="failed")))

    assert row["interaction_type"] == "bounce"
    assert (row["outcome"], row["disposition"]) == ("bounced", "5.1.1")
    assert row["customer_ref"] == "email:jane@customer.example"
    assert row["is_automated"] is True
    assert said(row)["deliveries"][0]["why"] == "smtp; 550 unknown"


def test_a_bounce_is_an_event_of_the_message_that_did_not_arrive(mail):
    original = "Message-ID: <m3@nordlicht.example>\nSubject: Re: x\nReferences: <m1@a> <m2@a>\n"
    for kind in ("message/rfc822", "text/rfc822-headers"):
        returned = f"--b\nContent-Type: {kind}\n\n{original}\n--b--\n"
        outcome = mail("Message-ID: <b1@isp>\n" + REPORT.format(action="failed")[:-6] + returned)

        (event,) = outcome.rows["email_event"]
        assert (event["email_event_id"], event["email_id"]) == ("b1@isp|1", "m3@nordlicht.example")
        assert event["recipient_ref"] == "email:jane@customer.example"
        assert (event["event_type"], event["bounce_category"]) == ("bounce", "hard")
        assert event["event_at"] == only(outcome)["started_at"]
        assert only(outcome)["conversation_ref"] == "m1@a"
        assert said(only(outcome))["original_message_id"] == "m3@nordlicht.example"
        assert only(outcome).get("attachment_count") == (kind == "message/rfc822")


@pytest.mark.parametrize(
    ("status", "diagnostic", "category"),
    [
        ("4.4.7", "", "soft"),
        ("5.2.2", "552 mailbox full", "soft"),
        ("5.0.0", "smtp; 552 5.2.2 mailbox full", "soft"),
        ("5.0.0", "smtp; 550 unknown", "hard"),
        ("5.0.0", "smtp; 552 Mailbox full / quota exceeded", "soft"),
        ("", "smtp; 550 user is over quota", "soft"),
        ("5.0.0", "smtp; 554 listed on a block list", "block"),
        ("5.1.1", "smtp; 550 mailbox full of nobody", "hard"),
        ("5.7.1", "554 blocked", "block"),
        ("5.1.1", "", "hard"),
        ("", "smtp; 550 5.1.1 unknown user", "hard"),
        ("", "smtp; 451 try later", "soft"),
        ("", "smtp; 550 no such user (4.31.198.44)", "hard"),
        ("", "smtp; 550-5.2.2 full", "soft"),
        ("", "x", None),
    ],
)
def test_a_bounce_is_hard_soft_or_a_block_by_its_status(mail, status, diagnostic, category):
    report = REPORT.replace("Status: 5.1.1\n", f"Status: {status}\n" if status else "")
    report = report.replace("smtp; 550 unknown", diagnostic)

    (event,) = mail(report.format(action="failed")).rows["email_event"]

    assert event["bounce_category"] == category


def test_a_bounce_with_the_id_of_its_original_is_not_the_original(mail):
    returned = "--b\nContent-Type: message/rfc822\n\nMessage-ID: <m3@nordlicht.example>\n\n--b--\n"
    report = REPORT.format(action="failed")[:-6] + returned

    row = only(mail("Message-ID: <m3@nordlicht.example>\n" + report))

    assert row["interaction_id"].startswith("sha256:")
    assert row["conversation_ref"] == "m3@nordlicht.example"


def test_a_bounce_to_an_address_beyond_ascii_is_read(mail):
    report = REPORT.format(action="failed").replace("rfc822; jane@", "utf-8; jörg@")
    report = report.replace("message/delivery-status", "message/global-delivery-status")

    outcome = mail(report)

    (event,) = outcome.rows["email_event"]
    assert event["recipient_ref"] == only(outcome)["customer_ref"] == "email:jörg@customer.example"
    assert event["bounce_category"] == "hard"


def test_a_report_on_several_recipients_is_one_event_each(mail):
    more = "\nFinal-Recipient: rfc822; ben@customer.example\nAction: delivered\nStatus: 2.0.0\n"
    report = REPORT.format(action="failed").replace("\n--b--", more + "\n--b--")

    events = mail(report).rows["email_event"]

    assert [event["event_type"] for event in events] == ["bounce", "delivered"]


def test_a_delay_is_no_bounce(mail):
    outcome = mail(REPORT.format(action="delayed"))
    row = only(outcome)

    assert [event["event_type"] for event in outcome.rows["email_event"]] == ["deferred"]
    assert outcome.rows["email_event"][0]["bounce_category"] is None

    assert row["interaction_type"] == "auto_reply"
    assert row["outcome"] is None
    assert row["customer_ref"] == "email:jane@customer.example"


def test_a_bounce_without_a_report_is_known_by_sender_and_subject(mail):
    row = only(
        mail(
            "From: postmaster@isp.example\nTo: anna@nordlicht.example\n"
            "Date: Mon, 2 Jun 2025 10:00:00 +0200\nX-Failed-Recipients: jane@customer.example\n"
            "Subject: Undeliverable: News\n\nsorry"
        )
    )

    assert row["interaction_type"] == "bounce"
    assert row["customer_ref"] == "email:jane@customer.example"


def test_a_bounce_of_qmail_names_the_recipient_in_its_text(mail):
    outcome = mail(
        "From: MAILER-DAEMON@isp.example\nTo: anna@nordlicht.example\n"
        "Date: Mon, 2 Jun 2025 10:00:00 +0200\nSubject: failure notice\n\n"
        "Hi. This is the qmail-send program at isp.example.\n\n<jane@customer.example>:\n"
        "192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no such user\n"
    )

    (event,) = outcome.rows["email_event"]
    assert only(outcome)["customer_ref"] == event["recipient_ref"] == "email:jane@customer.example"


def test_who_was_written_to_did_not_get_it_wherever_it_was_forwarded(mail):
    # RFC 3464, 2.3.1: the address that the sender used; the final one belongs to a stranger
    report = REPORT.format(action="failed").replace(
        "Final-Recipient:",
        "Original-Recipient: rfc822; jane@customer.example\nFinal-Recipient:",
    )

    outcome = mail(report.replace("Final-Recipient: rfc822; jane@", "Final-Recipient: rfc822; x9@"))

    (event,) = outcome.rows["email_event"]
    assert event["recipient_ref"] == only(outcome)["customer_ref"] == "email:jane@customer.example"
    assert said(only(outcome))["deliveries"][0]["forwarded_to"] == "x9@customer.example"


def test_who_was_written_to_is_told_by_the_text_where_the_report_knows_only_the_last_address(mail):
    # Exim writes no Original-Recipient unless the sender's server asked for one
    report = REPORT.format(action="failed").replace("rfc822; jane@customer", "rfc822;x9@isp")
    text = "  x9@isp.example\n    (generated from jane@customer.example)\n    host said: 550 no"

    outcome = mail(report.replace("sorry", text))

    (event,) = outcome.rows["email_event"]
    assert event["recipient_ref"] == only(outcome)["customer_ref"] == "email:jane@customer.example"
    assert said(only(outcome))["deliveries"][0]["forwarded_to"] == "x9@isp.example"


@pytest.mark.parametrize(
    ("action", "expected"), [("failed (unknown user)", "bounce"), ("failure", "bounce"),
                             ("Failed;", "bounce"), ("error", "bounce"),
                             ("expired", "deferred")]
)  # fmt: skip
def test_actions_are_read_as_servers_write_them(mail, action, expected):
    (event,) = mail(REPORT.format(action=action)).rows["email_event"]

    assert event["event_type"] == expected


def test_a_returned_message_of_rfc_6532_is_not_the_text_of_the_bounce(mail):
    returned = (
        "--b\nContent-Type: message/global\n\nMessage-ID: <m3@nordlicht.example>\n"
        "Subject: Angebot\n\nour own words\n\n--b--\n"
    )

    row = only(mail(REPORT.format(action="failed")[:-6] + returned))

    assert row["body_text"] == "sorry"
    assert said(row)["original_message_id"] == "m3@nordlicht.example"


def test_returned_headers_below_a_blank_line_are_found(mail):
    returned = (
        "--b\nContent-Type: text/rfc822-headers\n\n\n\n\nMessage-ID: <m3@nordlicht.example>\n--b--"
    )

    row = only(mail(REPORT.format(action="failed")[:-6] + returned))

    assert said(row)["original_message_id"] == "m3@nordlicht.example"


TOLD = (
    "From: {sender}\nTo: anna@nordlicht.example\nDate: Mon, 2 Jun 2025 10:00:00 +0200\n"
    "Subject: {subject}\n\n{text}\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "Your message\n  Subject: News\nwas not delivered to:\n\n  jane@customer.example\n\nas:",
        "The following recipient(s) could not be reached:\n\n"
        "      jane@customer.example on 02/06/2025 10:00\n            No such mailbox.",
        "   ----- The following addresses had permanent fatal errors -----\n"
        "<jane@customer.example>\n    (reason: 550 no such user)\n\n"
        "   ----- Original message -----\nTo: ben@customer.example\nben@customer.example",
        "There was an error delivering your mail to <jane@customer.example>.\n\nmx.example did not "
        "like our final DATA:\n550 5.7.26\n\nMessage headers follow.\n\nTo: <ben@customer.example>",
        "jane@customer.example\n\nReceived: from x\nTo: jane@customer.example\n\nben@x.example",
        "The following recipient(s) could not be reached:\n\n"
        "\tRecipient: [SMTP:jane@customer.example]"
        "\n\tReason: Remote server returned: 550 not local.\n\nFrom: ben@x.example",
        "Unknown user: jane@customer.example\n\nRCPT TO generated following response:\n553 no\n"
        "Contact: ben@x.example",
        "Delivery failed 20 attempts: jane@customer.example\n\nOriginal message follows.",
        "undeliverable to jane@customer.example\n\nOriginal message follows.",
        'Delivery has failed to these recipients:\n\nServer "192.0.2.1:25" returned an error:\n'
        "\t* [jane@customer.example]: 550 over quota\n\nOriginal details:\n\t* From: ben@x.example",
        "did not reach the following recipient(s):\n\n"
        "jane@customer.example on Mon, 2 Jun 2025 10:00:00 +0200\n    not recognized",
        # Outlook shows the headers of its message above whom it did not reach
        "Your message\nTo: list@nordlicht.example\nSubject: News\n"
        "did not reach the following recipient(s):\n"
        "jane@customer.example on Mon, 2 Jun 2025 10:00:00 +0200\nnot recognized",
        "Your message\n\nTo:      <ben@customer.example>\n\nSubject: News\n\n"
        "Did not reach the following recipient: jane@customer.example",
        "Sorry, unable to deliver your message to jane@customer.example for\nthe following reason:"
        "\n\n 552 Quota violation for ben@customer.example\n",
        "Your message to jane@customer.example has reached our server, but this address is wrong."
        "\nYou find all of them under info@customer.example in our directory.",
        "  Message was not accepted -- invalid mailbox.\n"
        " Local mailbox jane@customer.example is unavailable: user not found\n\n**********",
        "  x9@isp.example\n    (ultimately generated from jane@customer.example)\n    550 no",
        "   ----- The following addresses had permanent fatal errors -----\n"
        "<x9@isp.example>\n    (expanded from: <jane@customer.example>)\n",
        "  an undisclosed address\n    (generated from jane@customer.example)\n",
        "  pipe to |/usr/bin/vacation\n    generated by jane@customer.example\n",
    ],
)
def test_a_bounce_in_words_names_who_was_not_reached(mail, text):
    outcome = mail(
        TOLD.format(sender="postmaster@isp.example", subject="Delivery Failure", text=text)
    )

    (event,) = outcome.rows["email_event"]
    assert event["event_type"] == "bounce"
    assert event["recipient_ref"] == only(outcome)["customer_ref"] == "email:jane@customer.example"


def test_a_mail_system_that_names_all_its_reports_alike_tells_of_failures_in_its_text(mail):
    said_there = "Delivery to the following recipients {}:\n\n   * jane@customer.example\n"
    told = TOLD.replace("{text}", said_there).replace("{subject}", "Delivery status notification")
    sender = "Mail Delivery System <Mail.Delivery.System@isp.example>"

    outcome = mail(told.format("failed permanently", sender=sender))
    assert only(outcome)["interaction_type"] == "bounce"
    assert only(outcome)["customer_ref"] == "email:jane@customer.example"

    # nor is the mail system a customer where nothing failed
    outcome = mail(told.format("has been delayed", sender=sender))
    assert only(outcome)["interaction_type"] != "bounce"
    assert only(outcome)["customer_ref"] is None


@pytest.mark.parametrize(
    ("sender", "subject", "kind"),
    [
        ("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example", "Non recapitabile: News",
         "bounce"),
        ("mailer-daemon@x.example", "Warning: message undelivered for 4 hours", "message"),
        ("mailer-daemon@x.example", "Undeliverable: Delay of your order, a warning", "bounce"),
        ("MDaemon@x.example", "Permanent Delivery Failure", "bounce"),
        ("Mailer-Daemon@x.example", "Ваше сообщение не доставлено. Mail failure.", "bounce"),
    ],
)  # fmt: skip
def test_a_warning_that_mail_is_late_is_no_bounce(mail, sender, subject, kind):
    outcome = mail(TOLD.format(sender=sender, subject=subject, text="<jane@customer.example>"))

    assert only(outcome)["interaction_type"] == kind
    assert ("email_event" in outcome.rows) == (kind == "bounce")


def test_a_delay_of_gmail_names_whom_it_has_not_failed_to_reach_yet(mail):
    # what is tried again has not failed, whatever the header calls it
    outcome = mail(
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n"
        "To: anna@nordlicht.example\nDate: Mon, 2 Jun 2025 10:00:00 +0200\n"
        "X-Failed-Recipients: jane@customer.example\n"
        "Subject: Delivery Status Notification (Delay)\n\n"
        "Delivery to the following recipient has been delayed:\n\n     jane@customer.example\n\n"
        "Message will be retried for 2 more day(s)\n"
    )

    assert only(outcome)["interaction_type"] != "bounce"
    assert "email_event" not in outcome.rows


def test_a_receipt_of_a_mail_system_is_of_whose_mailbox_it_is(mail):
    # as sieve and Dovecot's quota refuse a mail
    row = only(
        mail(
            "From: Mail Delivery Subsystem <postmaster@isp.example>\nTo: anna@nordlicht.example\n"
            "Date: Mon, 2 Jun 2025 10:00:00 +0200\nSubject: Automatically rejected mail\n"
            "Auto-Submitted: auto-replied (rejected)\n"
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
            "--b\n\nYour message to <jane@customer.example> was automatically rejected\n"
            "--b\nContent-Type: message/disposition-notification\n\n"
            "Final-Recipient: rfc822; jane@customer.example\n"
            "Original-Message-ID: <m3@nordlicht.example>\n"
            "Disposition: automatic-action/MDN-sent-automatically; deleted\n\n--b--\n"
        )
    )

    assert row["interaction_type"] == "auto_reply"
    assert row["customer_ref"] == "email:jane@customer.example"


@pytest.mark.parametrize(
    "told",
    [
        "I'm afraid I wasn't able to deliver your message.\n\n<jane@x.example>:\nNo mailbox.\n\n"
        "--- Below this line is a copy of the message.\n\nReturn-Path: <news@nordlicht.example>",
        "|---------------- Failed addresses follow: ----------------|\n"
        " <jane@x.example> ... unknown user\n"
        "|---------------- Message text follows: ------------------|",
    ],
)
def test_a_bounce_that_returns_the_message_in_its_text_is_an_event_of_that_message(mail, told):
    returned = "Message-ID: <n1@nordlicht.example>\nSubject: News\nTo: jane@x.example\n\nHello"

    outcome = mail(
        "From: MAILER-DAEMON@x.example\nTo: news@nordlicht.example\nSubject: failure notice\n"
        f"Date: Mon, 2 Jun 2025 10:00:00 +0200\n\n{told}\n{returned}"
    )

    (event,) = outcome.rows["email_event"]
    assert event["email_id"] == only(outcome)["conversation_ref"] == "n1@nordlicht.example"
    assert event["recipient_ref"] == only(outcome)["customer_ref"] == "email:jane@x.example"
