"""No command reaches the network, starts another program, or writes anywhere but where it is told."""

import os
from pathlib import Path

import pytest
from bounded import COMMANDS, run_all
from command_line import FIRST_MAPPING, FIRST_STEPS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="bounds of memory are a matter of POSIX")


def test_every_command_works_where_sockets_and_other_programs_are_forbidden(tmp_path: Path) -> None:
    for name in ("out", "temporary", "home"):
        (tmp_path / name).mkdir()
    project = tmp_path / "study.qdpx"
    project.write_bytes(FIRST_STEPS.read_bytes())
    folders = {"TMPDIR": str(tmp_path / "temporary"), "HOME": str(tmp_path / "home")}
    ran = run_all(project, tmp_path / "out", COMMANDS, mapping=FIRST_MAPPING, seconds=300, **folders)  # type: ignore[arg-type]
    assert [one.command for one in ran] == list(COMMANDS)
    for one in ran:
        assert one.code == 0 or one.command in ("validate", "repair", "agreement"), one
        assert "should not have happened" not in one.err, one
    assert list((tmp_path / "temporary").iterdir()) == []
    assert list((tmp_path / "home").iterdir()) == []
