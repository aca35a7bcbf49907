"""Relations of two records in, whether they tell enough to be one at all; a sum of bits does not.

A household shares a family name, an address and a phone, colleagues share a company, its
address and its switchboard: however many bits that makes, it says nothing of who of them it is.

``can_be_one`` is a query of columns ``<trait>_l`` and ``<trait>_r``: nine of ten pairs of a block
are strangers, and asking four columns of them costs a tenth of scoring them. ``tells`` is asked of
the relations that scoring has found.
"""

from __future__ import annotations

from models_ml.identity.matching.comparisons import (
    ACCOUNT,
    NICKNAME,
    PERSON,
    Relation,
    likeness,
    not_stated,
)
from models_ml.identity.matching.frequencies import ACCOUNT as OF_ACCOUNT

_OWN_ADDRESS = ("same", "slip", "same mailbox", "same mailbox with two digits")

FEW_PAIRS = 20_000
"""Pairs up to which to plan ``can_be_one`` takes longer than to score all of them."""

ASKED_FIRST = ("first_name", "last_name", "birth_date", "email")
"""Columns that ``can_be_one`` reads, beside those of ``asked_of_names``."""

_NAMES = ("first_name", "last_name")


class _Values:
    """How two records stand to each other, asked of what they state."""

    def __init__(self, model: dict[str, list[Relation]]) -> None:
        self._model = model

    def agrees(self, column: str) -> str:
        """Return the condition that two values stand in some relation."""
        # the loosest one first, it decides most pairs
        relations = reversed(self._model[column])
        cases = [f"when {one.condition} then true" for one in relations if one.condition]
        return f"(case {' '.join(cases)} else false end)" if cases else "false"

    def is_one_of(self, column: str, *labels: str) -> str:
        """Return the condition that the first relation that holds is one of these."""
        cases, others = [], ""
        for one in self._model[column]:
            if one.label in labels:
                cases.append(f"when {one.condition} then true{others}")
            else:
                others += f" and ({one.condition}) is not true"
        return f"(case {' '.join(cases)} else false end)" if cases else "false"


class _Relations:
    """The same, asked of the numbers of relations that scoring gives."""

    def __init__(self, model: dict[str, list[Relation]]) -> None:
        self._model = model

    def not_stated(self, column: str) -> str:
        return f"gamma_{column} = -1"

    def agrees(self, column: str) -> str:
        return f"gamma_{column} > 0"

    def speaks_for(self, column: str) -> str:
        """Return the condition that what agrees is more common of one person than of two."""
        weight = f"mw_{column}"
        if any(one.counted for one in self._model[column]):
            weight += f" + mw_tf_adj_{column}"
        return f"({self.agrees(column)} and {weight} > 0)"

    def is_one_of(self, column: str, *labels: str) -> str:
        last = len(self._model[column]) - 1
        numbers = [
            str(last - place)
            for place, one in enumerate(self._model[column])
            if one.label in labels
        ]
        return f"gamma_{column} in ({', '.join(numbers)})" if numbers else "false"


def can_be_one(pairs: str) -> str:
    """Return the query of the pairs of a relation for which ``tells`` may hold, from four columns.

    Of most pairs no name agrees, and then nothing makes them one but the same birth date: names
    are asked first, once each, and of the others the rest, which costs several times as much.

    Parameters
    ----------
    pairs
        ``left``, ``right``, of both ``ASKED_FIRST`` and the columns of ``asked_of_names``, and
        ``is_account_l``, whether they are companies.
    """
    of = _Values(PERSON)
    first_agrees, last_agrees = (
        of.agrees(name).replace(likeness(name), f"likeness_of_{name}") for name in _NAMES
    )
    likened = ", ".join(f"{likeness(name)} as likeness_of_{name}" for name in _NAMES)
    no_first, no_last = not_stated("first_name"), not_stated("last_name")
    # behind a limit, for else each is written out wherever it is named; cases, for and/or would
    # compute all of it for every pair
    return f"""
        with likened as (select *, {likened} from {pairs} limit {2**62}),
        named as (
            select *, {first_agrees} as first_agrees, {last_agrees} as last_agrees
            from likened
            limit {2**62}
        )
        select "left", "right"
        from named
        where case
            when is_account_l then true
            when first_agrees and last_agrees then true
            when not (first_agrees or last_agrees or {no_first} or {no_last})
                then {of.is_one_of("birth_date", "same")}
            when {of.is_one_of("birth_date", "same", "slip")} then true
            when {of.is_one_of("email", *_OWN_ADDRESS)} then true
            when {no_last} then first_agrees
            when {no_first} then last_agrees
            else false
        end
    """  # noqa: S608


def tells(record_type: str, household_address: tuple[str, ...]) -> str:
    """Return the condition that two records can be one person, or one company.

    It is asked of the columns that ``scoring_sql`` gives for one type of records.

    Parameters
    ----------
    household_address
        Relations of two addresses that make them one home.
    """
    if record_type == OF_ACCOUNT:
        return _tells_account(_Relations(ACCOUNT))
    return _tells_person(_Relations(PERSON), household_address)


def _tells_person(of: _Relations, household_address: tuple[str, ...]) -> str:
    """Return whether two records can be one person.

    - Both names agree, and so does something else, for many share a name. A town where everybody
      lives is nothing else, nor are two birth dates of one decade. Birth dates decades
      apart are father and son, unless they live in one place: a date that is plainly wrong is
      more common than two of one name in one place.
    - Something that is a person's own agrees, the birth date or the e-mail address, and one of
      the names does or is not stated. Last names change, first names do not: of ten thousand
      people a dozen share a last name and a birth date, so where the first name is another,
      something else has to agree too.
    - One name agrees, the other is not stated and the address is the same. Who of a household
      that is shows later, for it joins no two of its members (``people``). Birth dates some years
      apart are brother and sister's.
    - Neither name agrees, but birth date and address do: names in the wrong columns.

    In one home two first names that differ are two people unless they were born on one day, and
    two that are only alike, as Linda and Lisa, or nickname and name, as Jack and John, are two if
    they were not born on about one day.
    """
    first_agrees, last_agrees = of.agrees("first_name"), of.agrees("last_name")
    no_first, no_last = of.not_stated("first_name"), of.not_stated("last_name")
    first_differs = f"not ({no_first} or {first_agrees})"
    home = of.is_one_of("address", *household_address)
    place = of.is_one_of("address", "same", "same street", "same postal code")
    same_day = of.is_one_of("birth_date", "same")
    some_years = of.is_one_of("birth_date", "within a year", "within ten years")
    apart = of.is_one_of("birth_date", "other")
    only_alike = of.is_one_of("first_name", NICKNAME, "alike")
    not_strangers = f"({no_first} or {no_last} or {first_agrees} or {last_agrees})"
    but_the_date = " or ".join(map(of.speaks_for, ("email", "phone", "company", "address")))
    something_else = f"{of.speaks_for('birth_date')} or {but_the_date}"
    # cases, for and/or would compute all of it for every pair
    return f"""(case
        when {of.is_one_of("email", *_OWN_ADDRESS)}
            then {not_strangers} or ({same_day} and {home})
        when {home} and {first_differs} then {same_day}
        when {home} and {some_years} and ({no_first} or {no_last}) then false
        when {home} and ({some_years} or {apart}) and {only_alike}
            then false
        when {of.is_one_of("birth_date", "same", "slip")}
            then case
                when {same_day} and {home} then true
                when {first_differs} then {not_strangers} and ({but_the_date})
                else {not_strangers}
            end
        when case when {first_agrees} then {last_agrees} end
            then ({something_else}) and (not {apart} or {place})
        when {no_last} then {first_agrees} and {home}
        when {no_first} then {last_agrees} and {home}
        else false
    end)"""


def _tells_account(of: _Relations) -> str:
    """Return whether two records can be one company: the name agrees, or the domain is one."""
    return f"{of.is_one_of('domain', 'same')} or {of.agrees('company')}"
