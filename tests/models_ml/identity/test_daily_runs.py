"""Thirty days of a company whose evidence grows, changes and is repaired, one run a day."""

from __future__ import annotations

import random
from datetime import timedelta

import polars as pl
import pytest
from identity_cases import GUARDS, KEY, START, Record, contact, event, evidence

from models_ml.identity import Ledger, advance, resolve
from models_ml.identity.customers import customer_id
from models_ml.identity.decisions import DECISIONS

DAYS = 30
FIRST = ["Anna", "Otto", "Ida", "Karl", "Mia", "Jan", "Eva", "Paul"]
LAST = ["Berg", "Wolf", "Lang", "Roth", "Kern", "Voss"]


class Company:
    """People who come, write from new addresses, share phones, and are corrected."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.records: list[Record] = []
        self.withdrawn: set[int] = set()
        self.verdicts: list[tuple[str, str, str]] = []
        self.numbers = 0

    def live(self, day: int, ledger: Ledger) -> None:
        """Let a day pass: arrivals, addresses in common, corrections, decisions."""
        for _ in range(self.chance.randint(3, 8)):
            self._arrive(day)
        if day % 3 == 0:
            self._share_an_address(day)
        if day % 7 == 5:
            # a source corrects itself: what had joined people is said no more
            self.withdrawn.add(self.chance.randrange(len(self.records)))
        if day % 4 == 3:
            self._decide(ledger)
        if day % 10 == 9 and self.verdicts:
            self.verdicts.pop(self.chance.randrange(len(self.verdicts)))

    def _arrive(self, day: int) -> None:
        self.numbers += 1
        number = self.numbers
        name = f"{self.chance.choice(FIRST)} {self.chance.choice(LAST)}"
        shared = f"phone:+4930555{self.chance.randrange(1000, 1012)}"
        self.records.append(contact(number, f"email:p{number}@firm.de", shared, day=day, name=name))
        self.records.append(event(f"anonymous_id:web:{number}", f"user_id:shop:{number}", day=day))
        # evidence that comes late tells of an earlier day
        self.records.append(
            event(f"user_id:shop:{number}", f"email:old{number}@web.de", day=max(0, day - 5))
        )

    def _share_an_address(self, day: int) -> None:
        one, other = (self.chance.randint(1, self.numbers) for _ in range(2))
        self.records.append(event(f"user_id:shop:{one}", f"email:p{other}@firm.de", day=day))

    def _decide(self, ledger: Ledger) -> None:
        held = ledger.identifier_map.filter("is_current")
        groups = [
            sorted(names)
            for names in held.group_by("customer_id").agg("identifier")["identifier"].to_list()
        ]
        several = sorted(names for names in groups if len(names) > 4)
        if several:
            a, b = self.chance.sample(self.chance.choice(several), 2)
            self.verdicts.append(("split", a, b))
        a, b = (self.chance.choice(self.chance.choice(sorted(groups))) for _ in range(2))
        if a != b:
            self.verdicts.append(("join", a, b))

    def decisions(self) -> pl.DataFrame:
        last = {tuple(sorted(pair)): verdict for verdict, *pair in self.verdicts}
        rows = [
            (f"d_{n}", verdict, a, b, "maria", START)
            for n, ((a, b), verdict) in enumerate(sorted(last.items()))
        ]
        return pl.DataFrame(rows, schema=DECISIONS, orient="row")

    def said(self) -> list[Record]:
        return [one for place, one in enumerate(self.records) if place not in self.withdrawn]


@pytest.mark.parametrize("seed", [1, 2])
def test_over_thirty_days_no_id_changes_its_meaning_and_every_id_resolves(seed: int):
    company, ledger = Company(seed), Ledger.empty()
    meaning: dict[str, str] = {}
    kinds: set[str] = set()
    for day in range(DAYS):
        company.live(day, ledger)
        found = resolve(evidence(*company.said()), GUARDS, KEY, company.decisions())
        new = advance(
            ledger,
            found.assignment,
            found.edges,
            run_id=f"day {day}",
            at=START + timedelta(days=1000 + day),
            events_before=ledger.events.height,
        )
        kinds |= set(new.events["event_type"])
        before = ledger
        ledger = Ledger(new.customers, new.identifier_map, pl.concat([ledger.events, new.events]))

        rows = ledger.customers.select(
            "customer_id", "founder_identifier", "status", "merged_into_customer_id"
        ).rows()
        active = {customer for customer, _, status, _ in rows if status == "active"}
        holder = dict(found.assignment.select("identifier", "customer_id").rows())
        assert meaning.keys() <= {row[0] for row in rows}
        for customer, founder, status, target in rows:
            # an id means: the customer of its founder, for ever
            assert meaning.setdefault(customer, founder) == founder
            assert customer == customer_id(KEY, founder)
            if founder in holder:
                assert holder[founder] == (customer if status == "active" else target)
            assert (target in active) if status == "merged" else target is None
        assert set(ledger.identifier_map.filter("is_current")["customer_id"]) == active
        # what was written about earlier days is never written anew
        closed = before.identifier_map.filter(~pl.col("is_current"))
        assert closed.join(
            ledger.identifier_map, on=closed.columns, how="anti", nulls_equal=True
        ).is_empty()
        assert ledger.events[: before.events.height].equals(before.events)

    assert kinds >= {"created", "merged", "split"}
    assert len(set(meaning.values())) == len(meaning)
    causes = ledger.events.filter(pl.col("event_type").is_in(["merged", "split"]))["cause"]
    assert "decision" in set(causes.str.split(", ").explode())
    fresh = advance(
        Ledger.empty(), found.assignment, found.edges, run_id="once",
        at=START, events_before=0,
    )  # fmt: skip
    now = ledger.customers.filter(pl.col("status") == "active")
    assert now.equals(fresh.customers), "thirty runs and one give the same customers"
