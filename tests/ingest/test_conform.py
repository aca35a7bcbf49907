"""Rows are typed, normalised, qualified and checked; what breaks its contract is rejected."""
# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.conform import Conformed, Origin, conform
from ingest.conform.fault import Verdict
from ingest.contracts import CONTRACTS
from ingest.errors import ContractMismatch
from ingest.expressions.prefixed import prefixed
from ingest.from_contracts.schema import polars_schema
from ingest.source import Company, Source

SOURCE = Source(
    name="crm",
    format="csv",
    path="*",
    namespace="crm",
    namespaces={"user_id": "shop", "campaign": "ads"},
    company=Company(default_region="DE"),
)
READ_AT = datetime(2026, 1, 1)


def conformed(entity: str, **columns: Any) -> Conformed:
    height = len(next(iter(columns.values())))
    frame = pl.DataFrame(
        {
            "position": range(1, height + 1),
            "$file": ["a.csv"] * height,
            "$ingested_at": [READ_AT] * height,
            **columns,
        },
        strict=False,
    )
    return conform(entity, frame, Origin(source=SOURCE, batch_id="b1"))


def interaction(**columns: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "interaction_id": ["m1"],
        "conversation_ref": ["t1"],
        "channel": ["email"],
        "direction": ["inbound"],
        "interaction_type": ["message"],
        "started_at": [datetime(2024, 6, 1)],
    }
    return given | columns


def only(entity: str, **columns: Any) -> dict[str, Any]:
    result = conformed(entity, **columns)
    assert result.rejected.to_dicts() == []
    return result.rows.row(0, named=True)


def reasons(entity: str, **columns: Any) -> list[tuple[str, str]]:
    frame = conformed(entity, **columns).rejected
    return list(frame.select("reason_code", "reason").iter_rows())


@pytest.mark.parametrize("entity", CONTRACTS)
def test_every_entity_comes_out_with_the_schema_of_its_table(entity: str) -> None:
    result = conformed(entity, attributes=[None])

    assert dict(result.rows.schema) == polars_schema(CONTRACTS[entity])
    assert result.rows.height + result.rejected.height == 1


def test_references_get_the_namespace_of_what_they_refer_to() -> None:
    row = only(
        "interaction",
        **interaction(
            customer_ref=["user_id:17"],
            agent_ref=["A:1"],
            campaign_ref=["c9"],
            to_refs=[["email:A@b.de", "contact:3", "nobody"]],
        ),
    )

    assert row["record_key"] == "crm:m1"
    assert row["conversation_ref"] == "crm:t1"
    assert row["customer_ref"] == "user_id:shop:17"
    assert row["agent_ref"] == "crm:A:1"
    assert row["campaign_ref"] == "ads:c9"
    assert row["to_refs"] == ["email:a@b.de", "contact:crm:3"]
    assert json.loads(row["attributes"]) == {"unreadable": {"to_refs": ["nobody"]}}


def test_a_value_that_only_describes_costs_no_row() -> None:
    result = conformed(
        "account",
        account_id=["1", "2", "3"],
        name=["A", "B", "C"],
        number_of_employees=["11-50", "12", None],
        annual_revenue=["$1M - $5M", "1200.50", ""],
        attributes=['{"a":1}', None, None],
    )

    assert result.rejected.is_empty()
    assert result.rows["number_of_employees"].to_list() == [None, 12, None]
    assert result.rows["annual_revenue"].to_list() == [None, Decimal("1200.5"), None]
    assert json.loads(result.rows["attributes"][0]) == {
        "a": 1,
        "unreadable": {"annual_revenue": "$1M - $5M", "number_of_employees": "11-50"},
    }
    assert result.rows["attributes"].to_list()[1:] == [None, None]


def test_a_birth_date_that_cannot_be_costs_no_contact() -> None:
    result = conformed("contact", contact_id=["1"], birth_date=["19371233"], phone=["none"])

    assert result.rows["birth_date"].to_list() == [None]
    assert json.loads(result.rows["attributes"][0]) == {
        "unreadable": {"birth_date": "19371233", "phone": "none"}
    }


def test_unreadable_identifiers_join_the_other_attributes() -> None:
    row = only("contact", contact_id=["1"], email=["nope"], attributes=['{"a": 1}'])

    assert row["email"] is None
    assert json.loads(row["attributes"]) == {"a": 1, "unreadable": {"email": "nope"}}


def test_a_required_identifier_that_cannot_be_read_rejects_the_row() -> None:
    ((code, reason),) = reasons(
        "email_event",
        email_event_id=["1"],
        recipient_ref=["email:nope"],
        event_type=["open"],
        event_at=[datetime(2024, 6, 1)],
    )

    assert code == "unreadable_identifier"
    assert "recipient_ref" in reason


def test_a_phone_number_is_read_by_the_country_of_its_row() -> None:
    result = conformed(
        "contact",
        contact_id=["1", "2", "3"],
        phone=["01 5123456", "030 1234567", "030 1234567"],
        country_code=["at", None, "nowhere"],
    )

    assert result.rows["phone"].to_list() == ["+4315123456", "+49301234567", "+49301234567"]


def test_a_country_is_its_code_and_what_names_none_stays() -> None:
    written = ["DE", "Österreich", " czechia ", "deu", "Atlantis", None]
    numbers = [
        "030 1234567",
        "01 5123456",
        "212 345 678",
        "030 1234567",
        "030 1234567",
        "030 123456",
    ]

    result = conformed(
        "contact",
        contact_id=["1", "2", "3", "4", "5", "6"],
        phone=numbers,
        country_code=written,
    )

    assert result.rows["country_code"].to_list() == ["DE", "AT", "CZ", "DE", "Atlantis", None]
    assert result.rows["phone"].to_list()[:4] == [
        "+49301234567", "+4315123456", "+420212345678", "+49301234567",
    ]  # fmt: skip


def test_a_currency_is_its_code_and_what_is_of_several_stays() -> None:
    result = conformed(
        "order",
        order_id=["1", "2", "3", "4"],
        placed_at=["2026-01-01"] * 4,
        total=["1", "2", "3", "4"],
        currency=["eur", "€", "$", None],
    )

    assert result.rows["currency"].to_list() == ["EUR", "EUR", "$", None]


def test_texts_become_the_types_of_the_contract() -> None:
    row = only(
        "opportunity",
        opportunity_id=[" 1 "],
        stage_name=["Won"],
        amount=["1234.56789"],
        probability=["0.5"],
        close_date=["2024-06-01"],
        is_won=["Yes"],
        created_at=["2024-06-01T10:00:00+02:00"],
        next_step=[""],
    )

    assert row["opportunity_id"] == "1"
    assert row["amount"] == Decimal("1234.5679")
    assert row["close_date"] == date(2024, 6, 1)
    assert row["is_won"] is True
    assert row["created_at"] == row["known_at"] == datetime(2024, 6, 1, 8)
    assert row["next_step"] is None


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("amount", "abc", "bad_type"),
        ("amount", "1e30", "bad_type"),
        ("probability", "nan", "bad_type"),
        ("probability", "1.5", "out_of_range"),
        ("is_won", "perhaps", "bad_type"),
        ("close_date", "31.12.2024", "bad_timestamp"),
        ("created_at", "soon", "bad_timestamp"),
        ("stage_name", " ", "missing_required"),
        ("attributes", "[1]", "bad_type"),
        ("recorded_at", "soon", "bad_timestamp"),
        ("is_deleted", "maybe", "bad_type"),
    ],
)
def test_a_value_that_breaks_the_contract_rejects_the_row(
    column: str, value: str, code: str
) -> None:
    columns = {"opportunity_id": ["1"], "stage_name": ["Won"]} | {column: [value]}

    ((found, reason),) = reasons("opportunity", **columns)

    assert found == code
    assert column in reason


def test_all_reasons_are_named_and_the_payload_shows_what_was_given() -> None:
    result = conformed("lead", lead_id=[None], created_at=["some day"], company=["Ärger AG"])

    row = result.rejected.row(0, named=True)
    assert row["reason"] == "created_at is 'some day', not a time; lead_id is missing"
    assert json.loads(row["payload"]) == {"created_at": "some day", "company": "Ärger AG"}


@pytest.mark.parametrize("odd", [" 2.5 ", "2.5e0", "+2.50"])
def test_a_number_is_the_same_whatever_its_column_holds(odd: str) -> None:
    result = conformed(
        "order_line",
        order_line_id=["1", "2", "3"],
        order_ref=["o", "o", "o"],
        quantity=["2.5", odd, "3"],
        unit_price=["2.5", odd, None],
    )

    assert result.rows["quantity"].to_list() == [2.5, 2.5, 3.0]
    assert result.rows["unit_price"].to_list() == [Decimal("2.5"), Decimal("2.5"), None]


def test_whole_numbers_may_have_a_decimal_point() -> None:
    assert only("interaction", **interaction(turn_index=["17.0"]))["turn_index"] == 17
    assert only("interaction", **interaction(turn_index=[17.0]))["turn_index"] == 17
    assert reasons("interaction", **interaction(turn_index=["17.5"])) == [
        ("bad_type", "turn_index is '17.5', not a whole number")
    ]


def test_several_keys_are_joined_and_never_mistaken_for_others() -> None:
    result = conformed(
        "opportunity_history",
        opportunity_ref=["a|b", "a"],
        field=["stage", "stage"],
        changed_at=[datetime(2024, 6, 1)] * 2,
    )

    assert result.rows["record_key"].to_list() == [
        "crm:a\\|b|stage|2024-06-01T00:00:00",
        "crm:a|stage|2024-06-01T00:00:00",
    ]
    assert result.rows["opportunity_ref"].to_list() == ["crm:a|b", "crm:a"]


def test_a_stated_identifier_is_normalised_for_its_type() -> None:
    result = conformed(
        "identifier",
        person_ref=["contact:1", "contact:1"],
        id_type=["EMAIL", "user_id"],
        id_value=["A@B.de", "17"],
    )

    assert result.rows["id_type"].to_list() == ["email", "user_id"]
    assert result.rows["id_value"].to_list() == ["a@b.de", "shop:17"]


def test_actors_of_tickets_are_agents_or_persons() -> None:
    result = conformed(
        "ticket_event",
        ticket_event_id=["1", "2", "3"],
        ticket_ref=["9"] * 3,
        event_type=["comment"] * 3,
        event_at=[datetime(2024, 6, 1)] * 3,
        actor_type=["agent", "requester", "system"],
        actor_ref=["A1", "email:A@b.de", None],
    )

    assert result.rows["actor_ref"].to_list() == ["crm:A1", "email:a@b.de", None]


def test_an_extension_stays_the_phone_of_an_agent() -> None:
    row = only("agent", agent_id=["1"], phone=["101"], email=["A@Ours.de"])

    assert (row["phone"], row["email"]) == ("101", "a@ours.de")


def test_columns_and_entities_of_no_contract_are_mistakes_of_the_parser() -> None:
    with pytest.raises(ContractMismatch, match="did you mean contact"):
        conformed("contct", contact_id=["1"])
    with pytest.raises(ContractMismatch, match="did you mean email"):
        conformed("contact", contact_id=["1"], emial=["x"])


def test_the_hash_is_the_same_for_ever() -> None:
    row = only("contact", contact_id=["1"], email=["a@b.de"], created_at=["2024-06-01"])

    text = "contact_id=1\x1fcreated_at=2024-06-01T00:00:00.000000\x1femail=a@b.de"
    assert row["record_hash"] == hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_the_hash_depends_on_contents_only() -> None:
    one = only("contact", contact_id=["1"], email=["A@b.de"], title=[None])
    same = only("contact", contact_id=["1"], email=["a@b.de "], recorded_at=["2024-06-01"])
    other = only("contact", contact_id=["1"], email=["a@b.de"], is_deleted=["true"])

    assert one["record_hash"] == same["record_hash"] != other["record_hash"]


TEXTS = st.one_of(
    st.none(), st.text(max_size=12), st.sampled_from(["1", "2024-06-01", "email:a@b"])
)


@given(st.data())
def test_every_row_comes_out_exactly_once(data: st.DataObject) -> None:
    entity = data.draw(st.sampled_from(sorted(CONTRACTS)))
    names = data.draw(st.sets(st.sampled_from(CONTRACTS[entity].column_names)))
    height = data.draw(st.integers(1, 4))
    columns = {
        name: data.draw(st.lists(TEXTS, min_size=height, max_size=height)) for name in sorted(names)
    }

    result = conformed(entity, attributes=[None] * height, **columns)

    positions = [*result.rows["position"].to_list(), *result.rejected["position"].to_list()]
    assert sorted(positions) == list(range(1, height + 1))
    assert result.rows["record_key"].null_count() == 0


def test_what_is_left_behind_a_file_without_a_sound_row_can_be_formatted() -> None:
    files = [pl.DataFrame({"source_record_id": ids}) for ids in (["1", "2"], ["3", "4"])]
    rows = pl.concat(files, rechunk=False)
    verdict = Verdict(pl.Series([True, True, False, False]), pl.DataFrame())

    sound = verdict.sound(rows)

    assert sound.select(prefixed("crm:", pl.col("source_record_id"))).to_series().to_list() == [
        "crm:3",
        "crm:4",
    ]
