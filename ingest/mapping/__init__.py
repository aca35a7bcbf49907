"""Source columns and the settings of ``sources.yml`` in; canonical columns out."""

from __future__ import annotations

from ingest.mapping.apply import Mapped, apply_mapping
from ingest.mapping.column_map import ColumnMap, MappingError
from ingest.mapping.entity_map import EntityMap, entity_map

__all__ = ["ColumnMap", "EntityMap", "Mapped", "MappingError", "apply_mapping", "entity_map"]
