"""The name of a Salesforce object in; its fields and the queries for what has changed out."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import Client

_UNSUPPORTED = ("address", "location", "base64", "complexvalue", "json")
"""Types that a bulk query cannot give; the parts of an address are fields of their own."""

_CHANGED = ("SystemModstamp", "LastModifiedDate", "CreatedDate")

_OF_PARENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "ForecastingQuota": {"Period": ("Type",)},
    "OpportunityLineItem": {"Product2": ("Name", "ProductCode")},
    "OrderItem": {"Product2": ("Name", "ProductCode")},
}
"""What a record says by its parent only: without the period's type a quota has no end."""

HISTORIES = {
    "OpportunityFieldHistory": (
        "StageName", "Amount", "CloseDate", "Probability", "Owner", "ForecastCategoryName",
    ),
    "CaseHistory": ("created", "Status", "Priority", "Owner"),
}  # fmt: skip
"""Fields whose changes are kept. Of the others there may be many more, each of them a row that the
loader would refuse: with one in five refused, the whole source fails."""


@dataclass(frozen=True, slots=True)
class ObjectFields:
    """One object.

    Parameters
    ----------
    changed
        The field that tells when a record was changed.
    """

    name: str
    fields: tuple[str, ...]
    changed: str

    def query(self, since: str, until: str) -> str:
        """Return SOQL for the records that were changed in [since, until)."""
        fields = ", ".join(self.fields)
        # names from Salesforce's own description, moments formatted here
        where = f"{self._since(since)} AND {self.changed} < {until}"
        return f"SELECT {fields} FROM {self.name} WHERE {where}"  # noqa: S608

    def count(self, since: str) -> str:
        """Return SOQL for the number of records that were changed at or after a moment."""
        return f"SELECT COUNT() FROM {self.name} WHERE {self._since(since)}"  # noqa: S608

    def _since(self, since: str) -> str:
        kept = ", ".join(f"'{field}'" for field in HISTORIES.get(self.name, ()))
        changed = f"{self.changed} >= {since}"
        return f"Field IN ({kept}) AND {changed}" if kept else changed


def fields_of(client: Client, path: str, name: str) -> ObjectFields:
    """Ask which fields an object has."""
    described = client.get(f"{path}/sobjects/{name}/describe").get("fields")
    if not isinstance(described, list):
        raise UnexpectedAnswer(f"Salesforce does not describe the fields of {name}")
    fields = tuple(
        str(field["name"]) for field in described if field.get("type") not in _UNSUPPORTED
    )
    parents = {str(field.get("relationshipName")) for field in described}
    fields += tuple(
        f"{parent}.{field}"
        for parent, wanted in _OF_PARENTS.get(name, {}).items()
        if parent in parents
        for field in wanted
    )
    changed = next((each for each in _CHANGED if each in fields), None)
    if changed is None:
        raise UnexpectedAnswer(f"{name} has no field that tells when a record was changed")
    return ObjectFields(name, fields, changed)
