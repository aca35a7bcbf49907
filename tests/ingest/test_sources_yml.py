"""Every mistake in sources.yml is one sentence with file, line, keys and remedy."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.config import read_config
from ingest.errors import ConfigError

GOOD = """
company: {name: Nordlicht, base_currency: EUR, time_zone: Europe/Berlin, default_region: NO,
  fiscal_year_start_month: 4, domains: [Nordlicht.example]}
as_of: 2026-06-30
quarantine_limit: 0.1
sources:
  mail: {format: email, path: "mail/**/*"}
  crm_contacts:
    format: csv
    entity: contact
    path: crm/*/contacts.csv
    namespace: crm
    namespaces: {user_id: shop}
    time_zone: Europe/Berlin
    options: {delimiter: ";", decimal: ",", null_values: ["", NULL]}
    recorded_at: SystemModstamp
    columns:
      contact_id: Id
      created_at: {from: CreatedDate, format: "%d/%m/%Y %H:%M", time_zone: UTC}
      do_not_call: {from: Blocked, values: {Yes: true, No: false}, else: null}
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "sources.yml"
    file.write_text(text)
    return file


def test_a_good_file_becomes_a_company_and_its_sources(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, GOOD))

    assert config.company.domains == ("nordlicht.example",)
    assert config.as_of == date(2026, 6, 30)
    assert config.quarantine_limit == 0.1
    mail, contacts = config.sources
    assert (mail.format, mail.namespace) == ("email", "mail")
    assert contacts.namespaces == {"user_id": "shop"}
    assert contacts.options["null_values"] == ("", "NULL")
    assert contacts.company is config.company


def test_words_that_yaml_takes_for_truth_values_stay_words(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, GOOD))

    assert config.company.default_region == "NO"
    assert config.company.fiscal_year_start_month == 4
    assert config.sources[1].columns["do_not_call"]["values"] == {"Yes": "true", "No": "false"}
    assert config.sources[1].options["null_values"] == ("", "NULL")


def test_settings_left_out_have_defaults(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, "sources: {}\n"))

    assert (config.as_of, config.quarantine_limit, config.sources) == ("data", 0.2, ())
    assert config.company.base_currency == "EUR"


def test_anchors_and_merges_are_read(tmp_path: Path) -> None:
    text = """
sources:
  a: &a {format: email, path: a/*}
  b: {<<: *a, path: b/*}
"""
    config = read_config(write(tmp_path, text))

    assert [source.path for source in config.sources] == ["a/*", "b/*"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{format: emial, path: x}", ["s1.format", "'emial'", "did you mean email?"]),
        ("{format: csv, pth: x}", ["s1.pth", "'pth'", "did you mean path?"]),
        ("{path: x}", ["needs the key format"]),
        ("{format: csv, path: ../x, entity: contact}", ["s1.path", "within"]),
        ("{format: csv, path: /etc/*, entity: contact}", ["s1.path", "relative"]),
        ("{format: csv, path: x}", ["needs entity"]),
        ("{format: csv, path: x, entity: contct}", ["s1.entity", "did you mean contact?"]),
        ("{format: csv, path: x, entity: contact, columns: {email: E}}", ["contact_id"]),
        (
            "{format: csv, path: x, entity: contact, columns: {contact_id: I, emial: E}}",
            ["columns.emial", "did you mean email?"],
        ),
        (
            "{format: csv, path: x, entity: contact, columns: {contact_id: {frm: I}}}",
            ["columns.contact_id.frm", "did you mean from?"],
        ),
        (
            "{format: csv, path: x, entity: contact, "
            "columns: {contact_id: {from: I, patterns: {'(': x}}}}",
            ["patterns", "no regular expression"],
        ),
        (
            "{format: csv, path: x, entity: contact, columns: {contact_id: {from: I, value: x}}}",
            ["both from and value"],
        ),
        (
            "{format: csv, path: x, entity: contact, columns: {contact_id: {from: I, else: x}}}",
            ["keep, null, reject"],
        ),
        (
            "{format: csv, path: x, entity: contact, columns: {contact_id: {from: I, as: mail}}}",
            ["'mail'", "did you mean email?"],
        ),
        (
            "{format: csv, path: x, entity: contact, "
            "columns: {contact_id: I, created_at: {from: C, format: '%m/%d/%Y %I:%M'}}}",
            ["created_at.format", "cannot be followed"],
        ),
        (
            "{format: csv, path: x, entity: contact, columns: {contact_id: {from: I, scale: a}}}",
            ["scale", "no number"],
        ),
        ("{format: csv, path: x, entity: [contact]}", ["s1.entity", "must be one entity"]),
        *(
            (
                f"{{format: csv, path: x, entity: contact, columns: {{contact_id: {column}}}}}",
                ["columns.contact_id", "a single value"],
            )
            for column in (
                "{value: [a]}",
                "{from: I, else: {value: [a]}}",
                "{from: I, values: {a: {b: c}}}",
                "{from: I, as: [email]}",
                "{from: I, format: ['%d']}",
                "{from: I, time_zone: [UTC]}",
                "{from: I, split: [',']}",
                "{from: [I, J], join: [',']}",
            )
        ),
        (
            "{format: csv, path: x, entity: contact, columns: {contact_id: {from: I, else: [a]}}}",
            ["contact_id.else", "keep, null, reject"],
        ),
        ("{format: email, path: x, time_zone: Europe/Berln}", ["did you mean Europe/Berlin?"]),
        ("{format: email, path: x, entity: contact}", ["remove entity"]),
        ("{format: email, path: x, namespaces: {contct: a}}", ["did you mean contact?"]),
        ("{format: email, path: x, namespace: 'a:b'}", ["no namespace"]),
        ("{format: csv, path: x, options: {delimter: x}}", ["did you mean delimiter?"]),
        ("{format: csv, path: x, options: {encoding: utf-9}}", ["no encoding"]),
        ("{format: csv, path: x, options: {decimal: ';'}}", ["decimal sign"]),
        ("{format: csv, path: x, options: {skip_lines: some}}", ["skip_lines", "no number"]),
        ("{format: csv, path: x, options: {header: no}}", ["true, false or a list of columns"]),
        ("{format: hubspot, path: x, options: {objct: deals}}", ["did you mean object?"]),
        ("{format: salesforce, path: x, options: {encoding: utf-9}}", ["no encoding"]),
        ("{format: email, path: x, options: {agents: [anna]}}", ["agents", "must be a mapping"]),
        ("{format: twilio, path: x, options: {agents: {a: [b]}}}", ["agents.a", "a single value"]),
        ("{format: zendesk, path: x, options: {agents: {7: Max}}}", ["agents", "must be a text"]),
        ("{format: zendesk, path: x, options: {max_bytes: 1 GB}}", ["max_bytes", "no number"]),
        ("{format: slack, path: x, options: {customer_channels: '('}}", ["no regular expression"]),
        (
            "{format: asterisk_cdr, path: x, options: {internal: '(?=a)'}}",
            ["no regular expression"],
        ),
        ("{format: asterisk_cdr, path: x, options: {gmtime: maybe}}", ["must be true or false"]),
        ("{format: whatsapp, path: x, options: {date_order: us}}", ["no date_order", "dmy, mdy"]),
        ("{format: meta_ads, path: x, options: {currency: euro}}", ["three capitals such as EUR"]),
        ("{format: meta_ads, path: x, options: {time_zone: Berlin}}", ["no IANA time zone"]),
        ("{format: meta_ads, path: x, options: {decimal: ';'}}", ["no decimal sign; use . or ,"]),
        (
            "{format: meta_ads, path: x, options: {campaign_ref: name}}",
            ["did you mean campaign_name?"],
        ),
        ("{format: meta_ads, path: x, options: {campaigns: spring}}", ["must be a mapping"]),
        ("{format: meta_ads, path: x, options: {encoding: klingon}}", ["no encoding"]),
        ("{format: fivetran.zendesk, path: x, options: {currency: 5}}", ["no currency code"]),
        ("{format: email, path: x, path: y}", ["a second time"]),
        ("[]", ["must be a mapping"]),
        ("{format: [csv], path: x}", ["must be a text"]),
    ],
)
def test_a_wrong_entry_is_shown_with_line_and_remedy(
    entry: str, said: list[str], tmp_path: Path
) -> None:
    file = write(tmp_path, f"company: {{name: A}}\nsources:\n  s1: {entry}\n")

    with pytest.raises(ConfigError) as caught:
        read_config(file)

    assert caught.value.line == 3
    message = str(caught.value)
    assert "\n" not in message
    assert all(part in message for part in [str(file), *said]), message


IMAP = "kind: imap, host: imap.example.com, user: sales@nordlicht.example"


def test_a_collected_source_knows_where_its_secrets_are_and_not_what_they_are(
    tmp_path: Path,
) -> None:
    text = f"""
sources:
  mail:
    format: email
    path: mail/live/**/*
    collect: {{{IMAP}, port: 993, password: env:IMAP_PASSWORD, folders: [INBOX, Sent],
      since: 2024-01-01}}
  crm: {{format: hubspot, path: hubspot/*.json, collect: {{kind: hubspot, token: "env:HUBSPOT"}}}}
"""
    mail, crm = read_config(write(tmp_path, text)).sources

    assert mail.collect is not None
    assert crm.collect is not None
    assert (mail.collect.kind, mail.collect.folder) == ("imap", "mail/live")
    assert mail.collect.secrets == {"password": "IMAP_PASSWORD"}
    assert mail.collect.settings == {
        "host": "imap.example.com",
        "port": 993,
        "user": "sales@nordlicht.example",
        "folders": ("INBOX", "Sent"),
        "since": "2024-01-01",
    }
    assert "contacts" in crm.collect.settings["streams"]


def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    entry = f"{{format: email, path: mail/*, collect: {{{IMAP}, password: hunter2}}}}"
    with pytest.raises(ConfigError) as caught:
        read_config(write(tmp_path, f"sources:\n  mail: {entry}\n"))

    message = str(caught.value)
    assert "sources.mail.collect.password: a secret must not stand in this file" in message
    assert "env:NAME" in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{format: email, path: mail/*, collect: {}}", ["needs the key kind"]),
        ("{format: email, path: mail/*, collect: {kind: imp}}", ["did you mean imap?"]),
        ("{format: slack, path: mail/*, collect: {kind: imap}}", ["by format email, not by slack"]),
        ("{format: email, path: mail/*, collect: {kind: imap}}", ["needs the key host"]),
        (f"{{format: email, path: mail/*, collect: {{{IMAP}}}}}", ["needs password or token or"]),
        (
            f"{{format: email, path: mail/*, collect: {{{IMAP}, pasword: env:A}}}}",
            ["did you mean password?"],
        ),
        (
            f"{{format: email, path: mail/*, collect: {{{IMAP}, refresh_token: env:A}}}}",
            ["refresh_token, client_id and token_url"],
        ),
        (
            f"{{format: email, path: 'mail/*.eml', collect: {{{IMAP}, token: env:A}}}}",
            ["example-00000001.mbox", "mail/*.mbox"],
        ),
        (f"{{format: email, path: '*', collect: {{{IMAP}, token: env:A}}}}", ["into one folder"]),
        (
            f"{{format: email, path: m/*, collect: {{{IMAP}, token: env:A, port: 99999}}}}",
            ["99999 is no port"],
        ),
        (
            f"{{format: email, path: m/*, collect: {{{IMAP}, token: env:A, since: May}}}}",
            ["must be a day such as"],
        ),
        (
            "{format: email, path: m/*, collect: {kind: imap, host: 'imaps://a', user: b, "
            "token: env:A}}",
            ["a host alone"],
        ),
        (
            "{format: intercom, path: m/*, collect: {kind: intercom, token: env:A, "
            "base_url: 'http://api.example.com'}}",
            ["must begin with https://"],
        ),
        (
            "{format: intercom, path: m/*, collect: {kind: intercom, token: env:A, "
            "base_url: 'https://me:pass@api.example.com'}}",
            ["must not hold a user or password"],
        ),
        (
            "{format: zendesk, path: m/*, collect: {kind: zendesk, token: env:A}}",
            ["needs token and subdomain or token and base_url"],
        ),
        (
            "{format: twilio, path: m/*, collect: {kind: twilio, token: env:A, account_sid: A, "
            "streams: [cals]}}",
            ["did you mean calls?"],
        ),
        (
            "{format: hubspot, path: m/*, collect: {kind: hubspot, token: env:A, page_size: 0}}",
            ["one or more"],
        ),
    ],
)
def test_a_wrong_collect_section_is_shown_with_line_and_remedy(
    entry: str, said: list[str], tmp_path: Path
) -> None:
    file = write(tmp_path, f"company: {{name: A}}\nsources:\n  s1: {entry}\n")

    with pytest.raises(ConfigError) as caught:
        read_config(file)

    assert caught.value.line == 3
    message = str(caught.value)
    assert "\n" not in message
    assert "me:pass" not in message
    assert all(part in message for part in [str(file), "s1.collect", *said]), message


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("sources:\n  mail: {format: email\n", 3, "no valid YAML"),
        ("", None, "is empty"),
        ("sources: {}\ncompany: {nme: x}\n", 2, "did you mean name"),
        ("company: {base_currency: Euro}\nsources: {}\n", 1, "three capitals"),
        ("company: {default_region: XX}\nsources: {}\n", 1, "XX"),
        ("company: {fiscal_year_start_month: 13}\nsources: {}\n", 1, "'13' is no month"),
        ("sources: {}\nquarantine_limit: 20\n", 2, "from 0 to 1"),
        ("sources: {}\nas_of: tomorrow\n", 2, "data, today"),
        ("company: {}\n", 1, "needs the key sources"),
        ("sources: {a: &x {format: csv, path: p, options: *x}}\n", 1, "options"),
        ("- a\n", 1, "must be a mapping"),
    ],
)
def test_a_wrong_file_is_shown_with_its_line(
    text: str, line: int | None, said: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        read_config(write(tmp_path, text))

    assert line is None or caught.value.line == line


def test_a_missing_or_binary_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_config(tmp_path / "sources.yml")
    (tmp_path / "sources.yml").write_bytes(b"\xff\xfe\x00sources: \x80")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_config(tmp_path / "sources.yml")


@given(text=st.text(alphabet="sources:{}[]&*!|>'\"\n -#%@abc,", max_size=60))
def test_no_file_ends_in_another_error(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("config") / "sources.yml"
    file.write_text(text)
    with contextlib.suppress(ConfigError):
        read_config(file)


def test_options_of_native_formats_are_what_their_parsers_take(tmp_path: Path) -> None:
    text = """
sources:
  a: {format: zendesk, path: x, options: {agents: [7, anna], max_bytes: 10}}
  b: {format: asterisk_cdr, path: x, options: {columns: csv, gmtime: true}}
  c: {format: fivetran.hubspot, path: x, options: {ignore_tables: contact_list}}
"""
    zendesk, asterisk, fivetran = read_config(write(tmp_path, text)).sources

    assert zendesk.options == {"agents": [7, "anna"], "max_bytes": 10}
    assert asterisk.options == {"columns": "csv", "gmtime": True}
    assert fivetran.options == {"ignore_tables": "contact_list"}
