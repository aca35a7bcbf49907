"""What joins people and what does not."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from identity_cases import KEY, Record, contact, event, evidence, people, resolved

from models_ml.identity import load_guards, resolve


def stopped(*records: Record) -> dict[str, str]:
    review = resolved(*records).review
    return dict(zip(review["identifiers"].list.first(), review["reason_code"], strict=True))


def test_two_contacts_with_one_address_are_one_customer():
    found = people(
        contact(1, "email:anna@firm.de", name="Anna Berg"),
        contact(2, "email:anna@firm.de", name="Anna Meier"),
    )

    assert found == {frozenset({"contact:crm:1", "contact:crm:2", "email:anna@firm.de"})}


def test_an_address_stated_by_two_different_people_joins_nobody():
    records = [
        contact(1, "email:x@firm.de", name="Anna Berg"),
        contact(2, "email:x@firm.de", name="Otto Wolf"),
    ]

    assert len(people(*records)) == 3
    assert stopped(*records) == {"email:x@firm.de": "different_people"}


def test_a_household_phone_joins_one_name_and_keeps_the_other_apart():
    phone = "phone:+49301112223"
    records = [
        contact(1, phone, name="Anna Berg"),
        contact(2, phone, name="Otto Berg"),
        contact(3, phone, name="ANNA BERG"),
    ]

    assert people(*records) == {
        frozenset({"contact:crm:1", "contact:crm:3"}),
        frozenset({"contact:crm:2"}),
        frozenset({phone}),
    }
    assert stopped(*records) == {phone: "different_people"}


def test_a_phone_of_one_person_belongs_to_that_person():
    phone = "phone:+49301112223"

    assert people(contact(1, phone, name="Anna Berg"), event(phone, "user_id:shop:7")) == {
        frozenset({"contact:crm:1", "user_id:shop:7", phone})
    }


def test_father_and_son_of_one_name_stay_apart():
    phone = "phone:+49301112223"
    found = people(
        contact(1, phone, name="Hans Berg", birth_date=date(1950, 3, 4)),
        contact(2, phone, name="Hans Berg", birth_date=date(1981, 7, 9)),
    )

    assert len(found) == 3


def test_a_slip_in_a_birth_date_keeps_nobody_apart():
    phone = "phone:+49301112223"
    found = people(
        contact(1, phone, name="Hans Berg", birth_date=date(1950, 3, 4)),
        contact(2, phone, name="Hans Berg", birth_date=date(1950, 4, 3)),
    )

    assert len(found) == 1


def test_a_switchboard_joins_nobody_even_of_one_name():
    phone = "phone:+49301112223"
    names = ["Anna Berg", "Otto Wolf", "Ida Lang", "Max Kurz", "Eva Hell", "Ali Kaya", "Anna Berg"]
    records = [contact(n, phone, name=name) for n, name in enumerate(names)]

    assert len(people(*records)) == len(names) + 1
    assert stopped(*records) == {phone: "too_many_people"}


def test_six_records_of_one_person_are_not_six_people():
    mail, phone = "email:anna@firm.de", "phone:+49301112223"

    assert len(people(*(contact(n, mail, phone, name="Anna Berg") for n in range(7)))) == 1


def test_a_role_address_joins_only_those_of_one_name():
    found = people(
        contact(1, "email:info@firm.de", name="Anna Berg"),
        contact(2, "email:info@firm.de", name="Otto Wolf"),
        contact(3, "email:info@firm.de", name="Anna Berg"),
    )

    assert found == {
        frozenset({"contact:crm:1", "contact:crm:3"}),
        frozenset({"contact:crm:2"}),
        frozenset({"email:info@firm.de"}),
    }


def test_a_role_address_of_one_person_is_theirs():
    assert len(people(contact(1, "email:info@firm.de", name="Anna Berg"))) == 1


@pytest.mark.parametrize(
    "identifier",
    [
        "email:noreply@firm.de",
        "email:no-reply+17@firm.de",
        "email:test@firm.de",
        "phone:+4900000000",
        "phone:+49301234567890",
        # 0000000, 1234567 and 99999 as they are kept where the default region is Germany
        "phone:+49000000",
        "phone:+491234567",
        "phone:+4999999",
        "phone:101",
        "user_id:shop:0",
        "user_id:shop:null",
        "anonymous_id:web:00000000-0000-0000-0000-000000000000",
    ],
)
def test_a_placeholder_names_nobody(identifier: str):
    records = [contact(1, identifier), contact(2, identifier)]

    assert people(*records) == {frozenset({"contact:crm:1"}), frozenset({"contact:crm:2"})}
    assert stopped(*records) == {identifier: "blocked_value"}


@pytest.mark.parametrize(
    "identifier",
    [
        "user_id:shop:1",
        "email:testa@firm.de",
        "phone:+4930123",
        # with the code of a place or a network before them
        "phone:+4930666666",
        "phone:+4989123456",
        "phone:+12025550000",
        "phone:+442071234567",
    ],
)
def test_a_short_or_similar_value_is_no_placeholder(identifier: str):
    assert people(event(identifier)) == {frozenset({identifier})}


def test_a_visitor_becomes_a_customer_with_the_first_login():
    assert people(event("anonymous_id:web:1")) == set()
    assert people(event("anonymous_id:web:1"), event("anonymous_id:web:1", "user_id:shop:7")) == {
        frozenset({"anonymous_id:web:1", "user_id:shop:7"})
    }


def test_a_shared_device_joins_nobody():
    records = [
        event("anonymous_id:web:1", "user_id:shop:7"),
        event("anonymous_id:web:1", "user_id:shop:8"),
    ]

    assert people(*records) == {frozenset({"user_id:shop:7"}), frozenset({"user_id:shop:8"})}
    assert stopped(*records) == {"anonymous_id:web:1": "different_people"}


def test_a_device_of_three_joins_nobody_whatever_they_are_called():
    records = [
        event("anonymous_id:web:1", "user_id:shop:7"),
        event("anonymous_id:web:1", "email:a@firm.de"),
        event("anonymous_id:web:1", "phone:+49301112223"),
    ]

    assert len(people(*records)) == 3
    assert stopped(*records) == {"anonymous_id:web:1": "too_many_people"}


def test_a_form_and_a_login_on_one_device_are_one_person():
    found = people(
        event("anonymous_id:web:1", "user_id:shop:7"),
        event("anonymous_id:web:1", "email:a@firm.de"),
    )

    assert found == {frozenset({"anonymous_id:web:1", "user_id:shop:7", "email:a@firm.de"})}


def test_a_record_without_a_name_is_no_bridge_between_two_people():
    first, second = "phone:+49301112223", "phone:+49301112224"
    records = [
        contact(1, first, name="Anna Berg"),
        contact(2, first, second),
        contact(3, second, name="Otto Wolf"),
    ]

    assert {"contact:crm:1", "contact:crm:3"} <= {min(person) for person in people(*records)}
    assert stopped(*records) == {first: "bridge_between_people", second: "bridge_between_people"}


def test_a_person_of_too_many_identifiers_is_cut_at_the_bridges():
    """Two people of sixteen addresses each, and one phone that both state."""
    phone = "phone:+49301110001"
    left = contact(1, phone, *(f"email:a{n}@firm.de" for n in range(16)))
    right = contact(2, phone, *(f"email:b{n}@firm.de" for n in range(16)))

    assert sorted(map(len, people(left, right))) == [1, 17, 17]
    assert stopped(left, right) == {phone: "oversized_person"}


def test_a_thousand_leads_of_one_person_are_one_customer():
    leads = [contact(n, "email:anna@firm.de", name="Anna Berg") for n in range(1000)]

    assert len(people(*leads)) == 1


def test_what_a_source_states_outright_is_taken():
    lead = Record(
        ("lead:crm:9", "email:old@firm.de"), 0, "Ida", "Wolf", None, "lead", "contact:crm:1"
    )

    assert len(people(lead, contact(1, "email:new@firm.de", name="Ida Lang"))) == 1


def test_every_stopped_edge_is_in_the_edges_with_its_reason():
    edges = resolved(contact(1, "email:noreply@firm.de")).edges

    assert edges.select("identifier_a", "identifier_b", "status", "evidence").rows() == [
        ("contact:crm:1", "email:noreply@firm.de", "stopped", "contact: blocked_value")
    ]


def company(number: int, *identifiers: str, name: str) -> Record:
    return Record((f"account:crm:{number}", *identifiers), last_name=name, entity="account")


def test_companies_of_one_domain_are_one_if_a_word_of_the_name_is():
    found = people(
        company(1, "domain:berg.de", name="Berg GmbH"),
        company(2, "domain:berg.de", name="Berg Logistik"),
        company(3, "domain:shared.de", name="Wolf AG"),
        company(4, "domain:shared.de", name="Kurz Maschinen"),
    )

    assert sorted(map(len, found)) == [1, 1, 1, 3]


def test_a_site_of_many_names_no_company():
    records = [
        company(1, "domain:facebook.com", name="Berg Blumen"),
        company(2, "domain:facebook.com", name="Berg Auto"),
    ]

    assert people(*records) == {frozenset({"account:crm:1"}), frozenset({"account:crm:2"})}
    assert stopped(*records) == {"domain:facebook.com": "blocked_value"}


def test_a_free_mail_domain_names_no_company():
    records = [company(n, "domain:gmail.com", name="Berg GmbH") for n in (1, 2)]

    assert len(people(*records)) == 2
    assert stopped(*records) == {"domain:gmail.com": "blocked_value"}


def test_companies_of_two_tax_numbers_are_never_one():
    records = [
        company(1, "domain:berg.de", "tax_number:DE1", name="Berg GmbH"),
        company(2, "domain:berg.de", "tax_number:DE2", name="Berg GmbH"),
    ]

    assert len([person for person in people(*records) if len(person) > 1]) == 2
    assert stopped(*records) == {"domain:berg.de": "different_people"}


def test_a_company_without_a_tax_number_is_no_bridge_between_two_that_have_one():
    records = [
        company(1, "domain:berg.de", "tax_number:DE1", name="Berg GmbH"),
        company(2, "domain:berg.de", "domain:berg.com", name="Berg GmbH"),
        company(3, "domain:berg.com", "tax_number:DE2", name="Berg GmbH"),
    ]

    customers = {name: found for found in people(*records) for name in found}

    assert customers["account:crm:1"] != customers["account:crm:3"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (("DE136695976", "136695976"), 1),
        (("136695976", "DE136695976"), 1),
        (("DE136695976", "FR136695976"), 2),
        (("DE136695976", "136695977"), 2),
        (("136695976", "136695977"), 2),
        (("ATU13585627", "13585627"), 1),
        (("CHE107787577", "107787577"), 1),
        (("DE136695976", "136695976", "DE136695976"), 1),
    ],
)
def test_a_tax_number_is_no_other_one_for_want_of_its_country(
    numbers: tuple[str, ...], expected: int
):
    records = [
        company(n, "domain:berg.de", f"tax_number:{number}", name="Berg GmbH")
        for n, number in enumerate(numbers)
    ]

    customers = {name: found for found in people(*records) for name in found}

    assert len({str(customers[f"account:crm:{n}"]) for n in range(len(numbers))}) == expected


def test_companies_of_two_countries_are_not_one_by_a_number_without_any():
    records = [
        company(n, "domain:berg.de", f"tax_number:{number}", name="Berg GmbH")
        for n, number in enumerate(("DE136695976", "136695976", "FR136695976"))
    ]

    customers = {name: found for found in people(*records) for name in found}

    assert customers["account:crm:0"] != customers["account:crm:2"]


def test_a_system_can_be_declared_to_hold_everybody_once():
    from importlib.resources import files

    text = (files("models_ml.identity") / "guards.yml").read_text("utf-8")
    strict = load_guards(
        text.replace("unique: [tax_number]", "unique: [tax_number, 'contact:crm']")
    )
    records = [contact(n, "email:anna@firm.de", name="Anna Berg") for n in (1, 2)]

    found = resolve(evidence(*records), strict, KEY).assignment

    assert len(people(*records)) == 1
    assert found["customer_id"].n_unique() == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "household_address: [same, same street]",
            "household_address: [same city]",
            "matching.household_address must be of same, same street, same postal code, got same",
        ),
        ("max_identifiers: 30", "max_identifiers: 1", "max_identifiers must be at least 2"),
        ("max_people: 2", "max_people: 200", r"kinds.device.max_people must be 1 to 20"),
        ("names: one_agrees", "names: maybe", "kinds.user_id.names must be one of"),
        ("'0+'", "'(?=0)'", "is no regular expression"),
        ("not_a_person:", "no_person:", "guards must have exactly"),
        (
            "max_identifiers: 30",
            "max_identifiers: many",
            "^guards.yml: max_identifiers must be a whole number",
        ),
        ("max_people: 2", "max_people: true", "kinds.device.max_people must be a whole number"),
        ("density: 0.3", "density: [0.3]", "matching.density must be a number"),
        ("largest_block: 30", "largest_block: 30.5", "largest_block must be a whole number"),
        ("names: one_agrees", "names: [one_agrees]", "kinds.user_id.names must be one of"),
        ("[same, same street]", "same", "matching.household_address must be a list of texts"),
        ("unique: [tax_number]", "unique: tax_number", "unique must be a list of texts"),
        ("unique: [tax_number]", "unique: [tax_numbr]", "got tax_numbr: there is no such type"),
        ("[user_id, email]", "[user_id, mail]", "kinds.mailbox.different must be of .* got mail:"),
        ("[anonymous_id, device]", "anonymous_id", "not_a_person must be a list of texts"),
        ("role_addresses: [info", "role_addresses: [no", "role_addresses must be a list of texts"),
        ("    - '0+'", "    '0+'", "guards.yml: no YAML"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(old: str, new: str, message: str):
    from importlib.resources import files

    text = (files("models_ml.identity") / "guards.yml").read_text("utf-8").replace(old, new, 1)

    with pytest.raises(ValueError, match=message):
        load_guards(text)


class TestOwn:
    """What a company changes of the guards."""

    def test_lists_add_and_limits_replace(self):
        own = load_guards(
            own="""
            role_addresses: [Dispatch, info]
            disposable_domains: ['@Throwaway.example']
            shared_domains: [portal.example]
            kinds: {phone: {max_people: 3, different: [email]}}
            matching: {used_from: 0.9}
            """
        )

        default = load_guards()
        assert own.role_addresses == (*default.role_addresses, "dispatch")
        assert own.disposable_domains == (*default.disposable_domains, "throwaway.example")
        assert own.shared_domains == (*default.shared_domains, "portal.example")
        phone = next(kind for kind in own.kinds if kind.name == "phone")
        assert (phone.max_people, phone.names, phone.different) == (
            3, "both_agree", ("user_id", "email")
        )  # fmt: skip
        assert [kind.name for kind in own.kinds] == [kind.name for kind in default.kinds]
        assert own.matching == replace(default.matching, used_from=0.9)

    def test_a_list_takes_the_place_of_the_default_where_it_says_so(self):
        own = load_guards(
            own="role_addresses: {replace: [desk]}\nmatching: {household_address: {replace: []}}"
        )

        assert own.role_addresses == ("desk",)
        assert own.matching.household_address == ()

    @pytest.mark.parametrize("nothing", ["", "# max_identifiers: 40\n", "{}"])
    def test_a_file_of_comments_changes_nothing(self, nothing: str):
        assert load_guards(own=nothing) == load_guards()

    def test_an_own_role_address_joins_no_strangers(self):
        records = [contact(n, "email:desk@firm.de", name="Anna Berg") for n in (1, 2)]
        records.append(contact(3, "email:desk@firm.de", name="Anna Wolf"))

        own = load_guards(own="role_addresses: [desk]")
        found = resolve(evidence(*records), own, KEY).assignment

        assert len(people(*records)) == 1
        customer = dict(found.select("identifier", "customer_id").rows())
        assert customer["contact:crm:1"] == customer["contact:crm:2"] != customer["contact:crm:3"]

    @pytest.mark.parametrize(
        ("own", "kiosk", "noreply"),
        [
            ("blocked: {emails: ['kiosk.*']}", "identity_guards.yml", "guards.yml"),
            (
                "blocked: {emails: {replace: ['kiosk.*', 'noreply@.*']}}",
                "identity_guards.yml",
                "identity_guards.yml",
            ),
            ("blocked: {emails: ['kiosk.*', 'noreply@.*']}", "identity_guards.yml", "guards.yml"),
            ("max_identifiers: 40", None, "guards.yml"),
        ],
    )
    def test_a_question_names_the_file_whose_rule_blocks(
        self, own: str, kiosk: str | None, noreply: str
    ):
        records = [contact(1, "email:kiosk7@firm.de"), contact(2, "email:noreply@firm.de")]

        asked = resolve(evidence(*records), load_guards(own=own), KEY).review

        expected = {"email:kiosk7@firm.de": kiosk, "email:noreply@firm.de": noreply}
        assert dict(asked.select(pl.col("identifiers").list.first(), "evidence").rows()) == {
            identifier: f"a rule of {file}" for identifier, file in expected.items() if file
        }

    @pytest.mark.parametrize(
        ("own", "message"),
        [
            ("roles: [desk]", "^roles is no rule: there are blocked, role_addresses"),
            ("kinds: {fax: {max_people: 3}}", "kinds.fax is no rule: there are user_id"),
            ("kinds: {phone: 3}", "kinds.phone must have keys of max_people, names, different"),
            ("kinds: {phone: {max_people: 50}}", "kinds.phone.max_people must be 1 to 20, got 50"),
            ("role_addresses:", "role_addresses has no value"),
            ("role_addresses: desk", "role_addresses must be a list of texts"),
            ("role_addresses: {add: [desk]}", r"role_addresses must be a list, .* {replace: "),
            ("role_addresses: [desk@firm.de]", "must be the parts before the @"),
            ("disposable_domains: [a@b.de]", "disposable_domains must be domains"),
            ("max_identifiers: 40\nmax_identifiers: 50", "stands a second time in line 2"),
            ("blocked: {emails: ['.*@.*']}", "blocked.emails: '.*' matches anna.berg@firm"),
            ("blocked: {emails: ['NoReply@.*']}", "compared in lower case"),
            ("[role_addresses]", "must have keys of blocked"),
            ("a: [", "no YAML"),
            ("? [a]\n: 1", "a key must be a single word, and in line 1 it is not"),
            ("kinds: !!map [a]", "line 1 must hold keys and their values"),
            ("max_identifiers: !!bool x", "'x' in line 1 is no bool"),
            ("max_identifiers: !!timestamp x", "'x' in line 1 is no timestamp"),
            ("free_mail_domains: [2026-13-45]", "'2026-13-45' in line 1 is no timestamp"),
            # what no address, and no system, can have would do nothing without a word
            ("role_addresses: [sales+eu]", r"role_addresses must be the parts .*'sales\+eu'"),
            ("role_addresses: [a|b]", r"role_addresses must be the parts .*'a\|b'"),
            ("disposable_domains: ['*.x.com']", "disposable_domains must be domains"),
            ("disposable_domains: [.x.com]", "disposable_domains must be domains"),
            ("free_mail_domains: ['https://x.com']", "free_mail_domains must be domains"),
            ("unique: ['contact:']", "unique: 'contact:' is of no system"),
            ("unique: ['contact:the erp']", "unique: 'contact:the erp' is of no system"),
        ],
    )
    def test_a_wrong_one_is_refused_by_name(self, own: str, message: str):
        with pytest.raises(ValueError, match=message):
            load_guards(own=own)


def test_marts_and_identity_know_the_same_free_mail():
    root = Path(__file__).resolve().parents[3]
    with (root / "dbt_project" / "seeds" / "free_mail_domains.csv").open() as seed:
        known = [row["domain"] for row in csv.DictReader(seed)]
    of_the_simulation = [domain for domain in known if domain.endswith(".example")]
    domains = load_guards().free_mail_domains

    assert sorted(domains) == sorted(set(known) - set(of_the_simulation))
    assert {"outlook.fr", "hotmail.it", "live.nl", "yahoo.co.jp", "hey.com"} <= set(domains)
