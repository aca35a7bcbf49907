"""A YAML file in; its values with their lines out, so that every mistake can be shown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from ingest.errors import ConfigError, nearest
from ingest.plain_files import NO_FILE, is_plain

_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"
_BOOLEAN = "tag:yaml.org,2002:bool"
_INTEGER = "tag:yaml.org,2002:int"


class Setting:
    """One value of a YAML file, with the place where it stands.

    Scalars are taken as they are written: ``NO`` is Norway and ``Yes`` a label, not Booleans.
    """

    def __init__(self, node: yaml.Node, file: Path, path: tuple[str, ...] = ()) -> None:
        self.node = node
        self.file = file
        self.path = path

    def error(self, message: str) -> ConfigError:
        """Return an error that points at this setting."""
        line = self.node.start_mark.line + 1
        return ConfigError(message, file=self.file, line=line, key_path=".".join(self.path))

    @property
    def is_null(self) -> bool:
        """Nothing stands here."""
        return bool(self.node.tag == _NULL)

    @property
    def is_scalar(self) -> bool:
        """A single value stands here."""
        return isinstance(self.node, yaml.ScalarNode) and not self.is_null

    def items(self) -> dict[str, Setting]:
        """Return the settings of a mapping by key."""
        if self.is_null:
            return {}
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("must be a mapping of keys to values")
        found: dict[str, Setting] = {}
        merged: dict[str, Setting] = {}
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Setting(key, self.file, self.path).error("a key must be a single word")
            if key.tag == _MERGE:
                merged |= Setting(value, self.file, self.path).items()
                continue
            setting = Setting(value, self.file, (*self.path, key.value))
            if key.value in found:
                line = key.start_mark.line + 1
                message = "stands here a second time; remove one"
                raise ConfigError(
                    message, file=self.file, line=line, key_path=".".join(setting.path)
                )
            found[key.value] = setting
        return {**merged, **found}

    def known_items(self, keys: Iterable[str]) -> dict[str, Setting]:
        """Return the settings of a mapping that may have ``keys`` only."""
        known = tuple(keys)
        items = self.items()
        for key, setting in items.items():
            if key not in known:
                raise setting.error(f"unknown key {key!r}; {nearest(key, known)}")
        return items

    def text(self) -> str:
        """Return a single value, as it is written."""
        if not self.is_scalar or not self.node.value.strip():
            raise self.error("must be a text")
        return str(self.node.value)

    def texts(self) -> tuple[str, ...]:
        """Return a list of single values; one alone counts as a list of one."""
        if not isinstance(self.node, yaml.SequenceNode):
            return (self.text(),)
        return tuple(str(Setting(item, self.file, self.path).scalar()) for item in self.node.value)

    def scalar(self) -> str:
        """Return a single value, which may be empty."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("must be a single value")
        return str(self.node.value)

    def number(self) -> float:
        """Return a number."""
        try:
            return float(self.text())
        except ValueError:
            raise self.error(f"{self.text()!r} is no number") from None

    def choice(self, allowed: Iterable[str], what: str) -> str:
        """Return one of ``allowed``; ``what`` says of what there is none called so."""
        value, known = self.text(), tuple(allowed)
        if value not in known:
            raise self.error(f"{value!r} is no {what}; {nearest(value, known)}")
        return value

    def plain(self) -> Any:
        """Return the value as texts, lists and dicts; None where nothing stands."""
        if self.is_null:
            return None
        if isinstance(self.node, yaml.MappingNode):
            return {key: setting.plain() for key, setting in self.items().items()}
        if isinstance(self.node, yaml.SequenceNode):
            return [Setting(item, self.file, self.path).plain() for item in self.node.value]
        return str(self.node.value)

    def typed(self) -> Any:
        """Return the value as ``plain`` does, but true, false and whole numbers as such."""
        if isinstance(self.node, yaml.MappingNode):
            return {key: setting.typed() for key, setting in self.items().items()}
        if isinstance(self.node, yaml.SequenceNode):
            return [Setting(item, self.file, self.path).typed() for item in self.node.value]
        if self.node.tag == _BOOLEAN:
            return self.node.value.lower() in {"true", "yes", "on", "y"}
        if self.node.tag == _INTEGER and self.node.value.isdecimal():
            return int(self.node.value)
        return self.plain()


_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _composed(text: str) -> yaml.Node | None:
    """Return the root node; the parser in C takes a tenth of the time, the other one says more."""
    try:
        return yaml.compose(text, Loader=_QUICK)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)


def read_settings(file: Path) -> Setting:
    """Read a YAML file.

    Raises
    ------
    ConfigError
        If it cannot be read, is no UTF-8, no YAML or empty; with the line where there is one.
    """
    if not is_plain(file):
        raise ConfigError(NO_FILE, file=file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        message = "there is no such file; docs/sources shows how to write one, `crm demo` makes one"
        raise ConfigError(message, file=file) from None
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=file) from error
    except UnicodeDecodeError as error:
        message = f"is no UTF-8 text (byte {error.start}); save it as UTF-8"
        raise ConfigError(message, file=file) from error
    try:
        node = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        line = mark.line + 1 if mark else None
        raise ConfigError(f"is no valid YAML: {problem}", file=file, line=line) from error
    except yaml.YAMLError as error:
        first = str(error).splitlines()[0]
        raise ConfigError(f"is no valid YAML: {first}", file=file) from error
    if node is None:
        raise ConfigError("is empty; it needs company and sources", file=file)
    return Setting(node, file)
