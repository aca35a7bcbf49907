"""The pipeline a second time, without SQL: rows as written in; states, days and months out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from pipeline_company import AS_OF, CLOSED, Row

WON = ("Closed Won", "Unterschrieben")
ENDS = (*CLOSED, "Unterschrieben")
SHARE = {"Prospecting": Decimal("0.1"), "Proposal": Decimal("0.5")}
CATEGORY = {"Prospecting": "pipeline", "Closed Won": "closed", "Closed Lost": "omitted"}
COLUMN = {"stage": "stage_name", "amount": "amount", "close_date": "close_date",
          "owner": "owner_ref", "forecast_category": "forecast_category"}  # fmt: skip
START = datetime.fromisoformat("1900-01-01")


@dataclass
class State:
    at: datetime
    values: dict[str, Any]

    @property
    def status(self) -> str:
        if self.values["is_deleted"]:
            return "deleted"
        stage = self.values["stage"]
        return "won" if stage in WON else "lost" if stage in ENDS else "open"

    @property
    def amount(self) -> Decimal:
        return self.values["amount"] or Decimal(0)


@dataclass
class Deal:
    pipeline: str
    states: list[State] = field(default_factory=list)

    def just_before(self, moment: datetime) -> State | None:
        return next((s for s in reversed(self.states) if s.at < moment), None)


def midnight(day: date) -> datetime:
    return datetime.fromisoformat(day.isoformat())


def typed(name: str, value: Any, rate: Decimal | None) -> Any:
    if value is None:
        return None
    if name == "amount":
        if rate is None or value == "not a number":
            return None
        return (Decimal(value) * rate).quantize(Decimal("0.0001"))
    if name == "close_date":
        return value if isinstance(value, date) else date.fromisoformat(value[:10])
    if name == "owner":
        reference = value if value.startswith("t:") else f"t:{value}"
        return {"t:g3": "t:g1"}.get(reference, reference)
    return value


def holds_from(version: Row, previous: Row | None, changes: Sequence[Row]) -> datetime:
    """Return when a version began to hold: closings when they happened, the rest when recorded."""
    recorded_at: datetime | None = version.get("recorded_at")
    low = (previous or {}).get("recorded_at") or START
    entered = [
        one["changed_at"] for one in changes
        if one["field"] == "stage" and one["new_value"] == version["stage_name"]
        and low < one["changed_at"] <= (recorded_at or AS_OF)
    ]  # fmt: skip
    closing = None
    newly_closed = version["stage_name"] in ENDS and (
        previous is None or previous["stage_name"] not in ENDS
    )
    if newly_closed:
        day = version.get("close_date")
        closing = max(entered, default=None) or version.get("closed_at")
        if closing is None and day is not None:
            closing = midnight(day)
    if recorded_at is None:
        return closing or max(entered, default=version["created_at"])
    if closing is not None and low < closing <= recorded_at:
        return closing
    return recorded_at


def statements(name: str, versions: list[Row], times: list[datetime], changes: list[Row],
               rate: Decimal | None) -> tuple[list[tuple[datetime, Any]], Any]:  # fmt: skip
    """Return what was stated of one field and when, and its value before the first of them."""
    own = sorted((one for one in changes if one["field"] == name), key=lambda c: c["changed_at"])
    told = [(one["changed_at"], typed(name, one["new_value"], rate)) for one in own]
    last = told[-1][0] if told else START
    before = None
    if own:
        before = typed(name, own[0]["old_value"] or own[0]["new_value"], rate)
    for version, at in zip(versions, times, strict=True):
        # a deletion that nothing is known before tells what was there
        is_gone = version.get("is_deleted") and version is not versions[0]
        if is_gone or version.get("merged_into_ref") or (own and at <= last):
            continue
        value = typed(name, version.get(COLUMN[name]), rate)
        kept = name in ("amount", "owner") or (
            name != "forecast_category" and version["stage_name"] not in ENDS
        )
        if not told:
            before = value if kept else None
        told.append((at, value))
    return told, before


def replay(versions: list[Row], changes: list[Row], rates: dict[str, Decimal]) -> Deal | None:
    """Return one deal with all of its states; None where nothing tells when it was there."""
    dated = [one for one in versions if one.get("recorded_at")]
    if not dated:
        dated = [one for one in versions[-1:] if not one.get("is_deleted")]
    dated.sort(key=lambda one: one.get("recorded_at") or START)
    if not dated or dated[0]["created_at"] >= AS_OF:
        return None
    created_at = dated[0]["created_at"]
    times = [
        holds_from(one, before, changes)
        for before, one in zip([None, *dated[:-1]], dated, strict=True)
    ]
    alive = [one for one in dated if not (one.get("is_deleted") or one.get("merged_into_ref"))]
    stated = alive or [one for one in dated if not one.get("merged_into_ref")]
    pipeline = stated[-1].get("pipeline", "default") if stated else "default"
    rate = Decimal(1) if dated[0]["currency"] == "EUR" else rates.get(str(created_at.date()))
    known = {name: statements(name, dated, times, changes, rate) for name in COLUMN}
    gone = []
    for one, at in zip(dated, times, strict=True):
        is_gone = bool(one.get("is_deleted") or one.get("merged_into_ref"))
        gone.append((one.get("recorded_at") or at if is_gone else at, is_gone))
    known["is_deleted"] = gone, False
    moments = {created_at, *(max(at, created_at) for told, _ in known.values() for at, _ in told)}
    deal = Deal(pipeline)
    for moment in sorted(one for one in moments if one < AS_OF):
        values = {
            name: next((value for at, value in reversed(told) if at <= moment), before)
            for name, (told, before) in known.items()
        }
        if not deal.states or deal.states[-1].values != values:
            deal.states.append(State(moment, values))
    return deal


def days(deals: Sequence[Deal]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the daily pipeline, each open deal looked at on each of its days."""
    for one in deals:
        day = one.states[0].at.date()
        while day < AS_OF.date():
            state = one.just_before(midnight(day) + timedelta(days=1))
            if state is not None and state.status == "open":
                stage, amount = state.values["stage"], state.values["amount"]
                share = SHARE.get(stage)
                weighted = None if amount is None or share is None else amount * share
                yield (
                    day, one.pipeline, stage, state.values["owner"],
                    state.values["forecast_category"] or CATEGORY.get(stage), 1,
                    int(amount is None), int(weighted is None), amount or Decimal(0),
                    Decimal(0) if weighted is None
                    else weighted.quantize(Decimal("0.0001"), ROUND_HALF_UP),
                )  # fmt: skip
            day += timedelta(days=1)


def daily(deals: Sequence[Deal]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    sums: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, 0, 0, Decimal(0), Decimal(0)])
    for row in days(deals):
        sums[row[:5]] = [had + more for had, more in zip(sums[row[:5]], row[5:], strict=True)]
    return {key: tuple(values) for key, values in sums.items()}


def month(day: date) -> tuple[int, int]:
    return day.year, day.month


def movements(deals: Sequence[Deal]) -> Counter[tuple[Any, ...]]:
    """Count and sum what moved: (year, month), pipeline, name of the movement, count or base."""
    found: Counter[tuple[Any, ...]] = Counter()

    def add(deal: Deal, state: State, name: str, amount: Decimal) -> None:
        found[month(state.at), deal.pipeline, name, "count"] += 1
        found[month(state.at), deal.pipeline, name, "base"] += amount  # type: ignore[assignment]

    for deal in deals:
        first = deal.states[0]
        add(deal, first, "created", first.amount)
        if first.status != "open":
            add(deal, first, first.status, first.amount)
        for old, new in pairwise(deal.states):
            if old.status != "open":
                if new.status == "open":
                    add(deal, new, "reopened", new.amount)
                continue
            if new.amount != old.amount:
                grown = new.amount > old.amount
                add(deal, new, "increased" if grown else "decreased", abs(new.amount - old.amount))
            if new.status != "open":
                add(deal, new, new.status, new.amount)
            elif old.values["close_date"] and new.values["close_date"]:
                was, due, now = (
                    month(day) for day in
                    (old.values["close_date"], new.values["close_date"], new.at)
                )  # fmt: skip
                for name, is_so in (
                    ("pushed_out", was == now < due), ("pushed_in", was < now == due),
                    ("pulled_in", was > now == due), ("pulled_out", was == now > due),
                ):  # fmt: skip
                    if is_so:
                        add(deal, new, name, new.amount)
    return found


def days_moved(deal: Deal) -> list[int]:
    """Return the days by which each change of an open deal moved its expected closing."""
    return [
        (new.values["close_date"] - old.values["close_date"]).days
        for old, new in pairwise(deal.states)
        if old.status == new.status == "open"
        and old.values["close_date"] and new.values["close_date"]
    ]  # fmt: skip


def slips(deal: Deal) -> tuple[Any, ...] | None:
    """Return first and last expected day, pushes, pulls, days slipped and returns of a deal."""
    if deal.states[-1].status == "deleted":
        return None
    expected = [
        s.values["close_date"] for s in deal.states if s.status == "open" and s.values["close_date"]
    ]
    moved = days_moved(deal)
    returns = sum(
        old.status != "open" and new.status == "open" for old, new in pairwise(deal.states)
    )
    return (
        deal.states[-1].status, expected[0] if expected else None,
        expected[-1] if expected else None, sum(days > 0 for days in moved),
        sum(days < 0 for days in moved), sum(moved), returns,
    )  # fmt: skip
