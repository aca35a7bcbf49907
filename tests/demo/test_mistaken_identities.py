"""Who is easily mistaken for whom: every kind is planted, and the files say what the truth says."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from demo.company.world import World
from demo.timeline import LAST_MOMENT
from demo.truth.identity import identities, shared_identifiers
from demo.truth.identity_errors import identity_errors, organizations

ONE = {
    "typo_name", "typo_email", "merged_record", "changed_email", "changed_surname", "role_address",
    "no_common_identifier",
}  # fmt: skip
TWO = {"household_phone", "shared_device", "namesake", "switchboard", "kiosk"}


@pytest.fixture(scope="module")
def errors(world: World) -> pl.DataFrame:
    return identity_errors(world)


def test_every_kind_of_mistake_is_planted_and_says_whether_the_two_are_one(
    errors: pl.DataFrame,
) -> None:
    kinds = dict(errors.select("kind", "is_one").unique().iter_rows())
    assert {kind for kind, is_one in kinds.items() if is_one} == ONE
    assert {kind for kind, is_one in kinds.items() if not is_one} == TWO
    assert errors.group_by("kind").len()["len"].min() >= 5


def test_the_two_of_a_pair_are_one_person_exactly_if_it_says_so(
    world: World, errors: pl.DataFrame
) -> None:
    owner = identities(world)
    pairs = errors.join(owner, on="identifier").join(
        owner.rename({"identifier": "other_identifier", "person_id": "other_person"}),
        on="other_identifier",
    )
    # a copy made in the last days has no record of its own to be compared with
    assert len(pairs) > 0.97 * len(errors)
    assert (pairs["is_one"] == (pairs["person_id"] == pairs["other_person"])).all()


def test_what_two_persons_share_is_nobodys_own(world: World) -> None:
    shared = shared_identifiers(world)
    assert set(shared["kind"]) == {
        "switchboard", "role_address", "kiosk", "shared_device", "household_phone",
    }  # fmt: skip
    alone = identities(world).join(
        shared.filter(pl.col("kind") != "household_phone"), on="identifier"
    )
    assert alone.is_empty()


def test_a_person_without_common_identifier_shares_only_name_birth_date_and_address(
    world: World,
) -> None:
    contacts = world.contacts.filter(pl.col("error") == "no_common_identifier")
    both = contacts.join(world.shop_accounts, on="person", suffix="_shop")
    assert len(both) > 10
    for column in ("first", "last", "birth_date", "street", "postal_code"):
        assert (both[column] == both[f"{column}_shop"]).all()
    assert (both["email"] != both["shop_email"]).all()
    assert both["shop_phone"].is_null().all()
    sessions = world.sessions.filter(pl.col("person").is_in(both["person"].implode()))
    assert set(sessions["kind"]) <= {"visit", "order"}


def test_households_share_a_name_an_address_and_a_number_or_a_browser(world: World) -> None:
    people = world.people.select("person", "last", "street", "postal_code", "first", "city")
    pairs = world.relations.join(people, on="person").join(
        people.rename({c: f"{c}_other" for c in people.columns if c != "person"})
        .rename({"person": "other"}), on="other",
    )  # fmt: skip
    households = pairs.filter(pl.col("kind") != "namesake")
    for column in ("last", "street", "postal_code", "city"):
        assert (households[column] == households[f"{column}_other"]).all()
    namesakes = pairs.filter(pl.col("kind") == "namesake")
    for column in ("first", "last", "city"):
        assert (namesakes[column] == namesakes[f"{column}_other"]).all()
    assert (namesakes["street"] != namesakes["street_other"]).mean() > 0.9


def test_a_record_is_gone_before_it_could_be_missed(world: World) -> None:
    merged = world.contacts.filter(pl.col("merged_into").is_not_null())
    firsts = world.contacts.select(merged_into="contact_id", first_created="created")
    assert merged.height > 0
    assert (merged["gone"] > merged["created"]).all()
    assert (merged.join(firsts, on="merged_into")["first_created"] < LAST_MOMENT).all()
    deleted = world.contacts.filter(pl.col("gone").is_not_null() & pl.col("merged_into").is_null())
    buyers = world.customers.table["person"].implode()
    assert deleted.height > 0
    assert not deleted["person"].is_in(buyers).any()


def test_companies_have_second_records_in_other_words(world: World) -> None:
    copies = world.account_copies.join(
        world.accounts.select("account", first_name="name", first_domain="domain"), on="account"
    )
    assert set(copies["kind"]) == {"legal_form", "spelling", "other_domain"}
    for kind in ("legal_form", "spelling"):
        rows = copies.filter(pl.col("kind") == kind)
        assert (rows["name"] != rows["first_name"]).all()
    other = copies.filter(pl.col("kind") == "other_domain")
    assert (other["domain"] != other["first_domain"]).all()
    truth = organizations(world)
    assert truth["identifier"].is_unique().all()
    assert (truth.group_by("organization_id").len()["len"] > 2).any()


def test_the_exports_delete_and_merge_contacts_accounts_and_leads(home: Path) -> None:
    for name, separator in (("contacts", ";"), ("accounts", ";"), ("leads", ",")):
        parts = [
            pl.read_csv(path, separator=separator, infer_schema=False, encoding="utf8-lossy",
                        truncate_ragged_lines=True)
            for path in sorted((home / "landing" / "crm").glob(f"*/{name}.csv"))
        ]  # fmt: skip
        rows = pl.concat(parts).filter(pl.col("Id").is_not_null())
        gone = rows.filter(pl.col("IsDeleted") == "true")
        into = gone["MasterRecordId"].drop_nulls()
        assert into.len() > 0, name
        assert into.is_in(rows["Id"].implode()).all()
