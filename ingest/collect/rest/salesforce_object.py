"""The name of a Salesforce object in; its fields and the queries for what has changed out."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import Client

_UNSUPPORTED = ("address", "location", "base64", "complexvalue", "json")
"""Types that a bulk query cannot give; the parts of an address are fields of their own."""

_CHANGED = ("SystemModstamp", "LastModifiedDate", "CreatedDate")


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
        window = f"{self.changed} >= {since} AND {self.changed} < {until}"
        # names from Salesforce's own description, moments formatted here
        return f"SELECT {fields} FROM {self.name} WHERE {window}"  # noqa: S608

    def count(self, since: str) -> str:
        """Return SOQL for the number of records that were changed at or after a moment."""
        return f"SELECT COUNT() FROM {self.name} WHERE {self.changed} >= {since}"  # noqa: S608


def fields_of(client: Client, path: str, name: str) -> ObjectFields:
    """Ask which fields an object has."""
    described = client.get(f"{path}/sobjects/{name}/describe").get("fields")
    if not isinstance(described, list):
        raise UnexpectedAnswer(f"Salesforce does not describe the fields of {name}")
    fields = tuple(
        str(field["name"]) for field in described if field.get("type") not in _UNSUPPORTED
    )
    changed = next((each for each in _CHANGED if each in fields), None)
    if changed is None:
        raise UnexpectedAnswer(f"{name} has no field that tells when a record was changed")
    return ObjectFields(name, fields, changed)
