"""``show`` on a codebook."""

import json
from pathlib import Path

import pytest
from command_line import REAL, run


def test_a_frameworks_codebook_is_shown_with_its_codes(tmp_path: Path) -> None:
    book = tmp_path / "framework.qdc"
    assert run("frameworks", "export", "compassion", "-o", book).code == 0
    shown = run("show", book).out
    assert shown.startswith("framework.qdc (codebook)\n")
    assert "    Emotional resonance" in shown.replace("      ", "    ")
    found = json.loads(run("show", book, "--json").out)
    assert [entry["path"] for entry in found["codes"]][:2] == ["Compassion", "Compassion > Elements of compassion"]
    assert found["findings"] == []


def test_sets_and_an_old_namespace_are_told() -> None:
    if not REAL.is_dir():
        pytest.skip("the real exports are not beside this checkout")
    shown = " ".join(run("show", REAL / "atlasti-win-9.0.19-codebook.qdc").out.split())
    assert "Written by ATLAS.ti Win 9.0.19 Codes 5, 3 at the top, 1 not for coding" in shown
    assert "codeGroup1::codeGroup1.2 (2 codes); codeGroup1::codeGroup1.1 (2 codes)" in shown
    assert "xml-namespace" in shown
