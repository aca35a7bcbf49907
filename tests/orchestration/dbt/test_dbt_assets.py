"""dbt's models look in Dagster as Dagster's own integration has them look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
import pytest
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from orchestration.dbt import prepared
from orchestration.dbt.assets import TESTS, UNIQUE_ID, asset_specs, check_specs

BEFORE = dg.AssetKey(["identity", "identifier_map"])
OWNERS = ["team:data"]


class Owned(DagsterDbtTranslator):
    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        return super().get_owners(dbt_resource_props) or OWNERS


@pytest.fixture(scope="module")
def peer() -> dg.AssetsDefinition:
    """Return what the integration makes of the project, with a check for each test."""

    @dbt_assets(manifest=prepared.project().manifest, dagster_dbt_translator=Owned())
    def peer(): ...

    return peer


def told(spec: dg.AssetSpec) -> dict[str, Any]:
    metadata = {
        name: value
        for name, value in spec.metadata.items()
        # where the integration keeps the manifest, the translator and dbt's telemetry id
        if name == UNIQUE_ID or not name.startswith("dagster_dbt/")
    }
    return {
        "group": spec.group_name,
        "description": spec.description,
        "code_version": spec.code_version,
        "owners": spec.owners,
        "kinds": spec.kinds,
        "tags": spec.tags,
        "skippable": spec.skippable,
        "metadata": metadata,
    }


def test_every_asset_is_described_as_the_integration_does(peer: dg.AssetsDefinition):
    ours = asset_specs(prepared.project().manifest, before=BEFORE, owners=OWNERS)
    theirs = {spec.key: spec for spec in peer.specs}

    assert len(ours) > 200
    assert {spec.key for spec in ours} == set(theirs)
    for spec in ours:
        assert told(spec) == told(theirs[spec.key]), spec.key


def test_an_asset_waits_for_those_it_is_made_of_or_for_the_identities(peer: dg.AssetsDefinition):
    theirs = {spec.key: {dep.asset_key for dep in spec.deps} for spec in peer.specs}

    for spec in asset_specs(prepared.project().manifest, before=BEFORE, owners=OWNERS):
        found = {dep.asset_key for dep in spec.deps}
        reads_dbt = bool(theirs[spec.key] & set(theirs))
        assert found == theirs[spec.key] | (set() if reads_dbt else {BEFORE}), spec.key


def test_a_model_has_a_check_if_the_integration_gives_it_some(peer: dg.AssetsDefinition):
    found = check_specs(prepared.project().manifest)

    assert {spec.asset_key for spec in found} == {spec.asset_key for spec in peer.check_specs}
    assert {(spec.name, spec.blocking) for spec in found} == {(TESTS, True)}
    assert len(found) > 200
