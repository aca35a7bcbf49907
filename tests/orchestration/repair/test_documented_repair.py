"""The commands in docs/identity_repair.md do what it says."""

from __future__ import annotations

import shlex

from repair_commands import crm, customer, query, run

from orchestration.home import ROOT, Home


def test_the_commands_of_the_documentation_do_what_it_says(home: Home):
    page = (ROOT / "docs" / "identity_repair.md").read_text()
    block = page.split("```console\n")[1].split("```")[0]
    runs = 1
    for line in block.splitlines():
        program, command, *arguments = shlex.split(line.removeprefix("$ "))
        assert program == "crm"
        if command == "run":
            runs += 1
            run(home, runs)
            continue
        result = crm(home, *arguments)
        assert result.exit_code == 0, f"{line}\n{result.output}"

    assert query(home, "select verdict, revoked_by is null from identity.decisions") == [
        ("split", False), ("split", True), ("split", True), ("split", True), ("join", True)
    ]  # fmt: skip
    assert customer(home, "lead:crm:9") == customer(home, "contact:crm:1")
    assert customer(home, "contact:crm:3") == customer(home, "contact:crm:2")
