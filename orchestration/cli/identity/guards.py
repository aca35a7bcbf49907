"""``crm identity guards``: what may join two people here, and what of it this home has changed."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from orchestration.cli.options import HomeOption

if TYPE_CHECKING:
    from models_ml.identity import Guards

Value = str | int | float | tuple[str, ...]


def guards(home: HomeOption = None) -> None:
    """Show the guards in force, and which of them identity_guards.yml of the home has changed.

    Lists in that file add to the defaults or, as {replace: […]}, take their place; limits take
    their place. The next run resolves everybody anew by them. See docs/identity.md.
    """
    from rich.table import Table
    from rich.text import Text

    from models_ml.identity import load_guards
    from orchestration.cli.configuration import configuration
    from orchestration.cli.terminal import console as terminal
    from orchestration.home import Home
    from orchestration.identity.guards import read_guards

    chosen = Home.find(home)
    configuration(chosen)
    default, here = _by_name(load_guards()), _by_name(read_guards(chosen))
    shown = Table("guard", "in force", "changed here")
    for name, value in here.items():
        told = ", ".join(value) if isinstance(value, tuple) else str(value)
        shown.add_row(name, Text(told or "none"), Text(_difference(default[name], value)))
    console = terminal()
    console.print(shown)
    own = chosen.guards_file
    said = f"Changed by {own}." if own.exists() else f"{own} does not exist: all are defaults."
    console.print(Text(said), soft_wrap=True)


def _by_name(guards: Guards) -> dict[str, Value]:
    """Return every guard under the keys that lead to it in the file."""
    found: dict[str, Value] = {}
    for field in fields(guards):
        value = getattr(guards, field.name)
        if field.name == "packaged":
            continue
        if field.name == "kinds":
            for kind in value:
                rules = [one.name for one in fields(kind) if one.name != "name"]
                found |= {f"kinds.{kind.name}.{rule}": getattr(kind, rule) for rule in rules}
        elif field.name == "matching":
            found |= {f"matching.{one.name}": getattr(value, one.name) for one in fields(value)}
        else:
            found[field.name.replace("blocked_", "blocked.")] = value
    return found


def _difference(default: Value, value: Value) -> str:
    if value == default:
        return ""
    if isinstance(value, tuple) and isinstance(default, tuple):
        added = [f"+ {one}" for one in value if one not in default]
        gone = [f"- {one}" for one in default if one not in value]
        return "\n".join([*added, *gone]) or "another order"
    return f"default {default}"
