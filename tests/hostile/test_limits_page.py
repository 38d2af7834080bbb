"""What the page on limits and safety says of files outside the project is what the program does."""

import re

import pytest
from command_line import ROOT, commands

from qdpx_compassion.findings import CODES

PAGE = (ROOT / "docs" / "reference" / "limits.md").read_text(encoding="utf-8")
OUTSIDE = PAGE[PAGE.index("## Files outside the project") :].split("\n## ", 1)[0]
WITH = {" ".join(words) for words, command in commands() if any("--media-root" in one.opts for one in command.params)}
ALL = {" ".join(words) for words, _ in commands()}


def test_the_commands_that_look_outside_are_those_on_the_page() -> None:
    said = OUTSIDE[OUTSIDE.index("`--media-root FOLDER`") : OUTSIDE.index("have it")]
    assert {word for word in re.findall(r"`([a-z ]+)`", said) if word in ALL} == WITH
    never = OUTSIDE[OUTSIDE.index("**Copies for others**") : OUTSIDE.index("do not have the")]
    named = {word for word in re.findall(r"`([a-z ]+)`", never) if word in ALL}
    assert named == {"share", "merge", "enrich", "strip", "repair"}
    assert not named & WITH


@pytest.mark.parametrize("code", re.findall(r"\(`((?:external|share)-[a-z-]+)`\)", OUTSIDE))
def test_its_findings_are_known(code: str) -> None:
    assert code in CODES
