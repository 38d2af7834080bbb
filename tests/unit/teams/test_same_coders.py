"""Users of several copies: one coder by GUID; by name where that says who it is, and then it is told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from command_line import run
from small_projects import Small, guid

from qdpx_compassion import api
from qdpx_compassion.errors import UsageError
from qdpx_compassion.findings import Severity
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.teams.merge import Merged, merge_projects
from qdpx_compassion.teams.same_coders import Coders


def copy(path: Path, name: str, user: str, *, other_guids: bool = False, day: int = 3) -> Path:
    """A copy in which somebody of this name coded one passage that all code, and one of their own."""
    small = Small()
    small.text("Ada", "I felt heard. Nobody asked me twice. It was good.")
    small.coding("Ada", "felt heard", "Values", "Trust", by=name)
    small.coding("Ada", (14 + len(user), 30), "Values", "Trust", by=name)
    xml = small.xml().replace(guid("user", name), guid("user", user)).replace("2024-06-03", f"2024-06-0{day}")
    for kind in (("selection", "Ada", "2"), ("coding", "2")):
        xml = xml.replace(guid(*kind), guid(user, *kind))
    if other_guids:
        for one in (("source", "Ada"), ("code", "Values"), ("code", "Values", "Trust")):
            xml = xml.replace(guid(*one), guid("other", *one))
    path.write_text(xml, encoding="utf-8")
    return path


def coders(path: Path) -> Counter[str | None]:
    project = read_project(path)
    names = {user["guid"]: user["name"] for user in project.records("users")}
    return Counter(names[user] for user in project.column("codings", "creating_user"))


def told(merged: Merged) -> dict[str, tuple[Severity | None, str]]:
    return {
        one.code: (one.severity, one.message)
        for one in merged.findings
        if one.code in ("merge-one-coder", "merge-coders-apart")
    }


@pytest.mark.parametrize(
    ("name", "how", "expected"),
    [
        ("Anna", "auto", {"Anna": 3}),
        ("Anna", "apart", {"Anna": 2, "Anna (2)": 2}),
        ("Admin", "auto", {"Admin": 2, "Admin (2)": 2}),
        ("Gebruiker", "auto", {"Gebruiker": 2, "Gebruiker (2)": 2}),
        ("Admin", "same", {"Admin": 3}),
    ],
)
def test_people_of_one_name_are_one_unless_everybody_is_called_so(
    tmp_path: Path, name: str, how: Coders, expected: dict[str, int]
) -> None:
    paths, team = [copy(tmp_path / "a.qde", name, "x"), copy(tmp_path / "b.qde", name, "yy", day=4)], tmp_path / "t.qde"
    merged = merge_projects(paths, team, coders=how)
    assert coders(team) == expected
    ((code, (severity, message)),) = told(merged).items()
    assert code == ("merge-one-coder" if len(expected) == 1 else "merge-coders-apart")
    assert severity == Severity.WARNING
    assert all(text in message for text in (f"“{name}”", "a.qde", "b.qde"))
    merge_projects(reversed_(paths), tmp_path / "other.qde", coders=how)
    assert (tmp_path / "other.qde").read_bytes() == team.read_bytes()
    for one in paths:
        again = merge_projects([one, team], tmp_path / "again.qde", coders=how, force=True)
        assert (tmp_path / "again.qde").read_bytes() == team.read_bytes()
        assert not again.conflicts


def reversed_(paths: list[Path]) -> list[Path]:
    return paths[::-1]


def test_exports_that_have_no_guid_in_common_are_one_persons_also_where_that_is_called_admin(tmp_path: Path) -> None:
    paths = [
        copy(tmp_path / "windows.qde", "Admin", "x"),
        copy(tmp_path / "mac.qde", "Admin", "x" * 2, other_guids=True),
    ]
    merged = merge_projects(paths, tmp_path / "t.qde")
    assert coders(tmp_path / "t.qde") == {"Admin": 3}
    assert told(merged)["merge-one-coder"][0] == Severity.NOTE


def test_three_of_one_name_have_three_names(tmp_path: Path) -> None:
    paths = [copy(tmp_path / f"{user}.qde", "User", user) for user in ("x", "yy", "zzz")]
    merge_projects(paths, tmp_path / "t.qde")
    assert coders(tmp_path / "t.qde") == {"User": 2, "User (2)": 2, "User (3)": 2}
    merge_projects([paths[1], tmp_path / "t.qde"], tmp_path / "again.qde")
    assert (tmp_path / "again.qde").read_bytes() == (tmp_path / "t.qde").read_bytes()


def test_the_same_initials_make_nobody_one(tmp_path: Path) -> None:
    paths = []
    for name, user in (("Anna Bakker", "x"), ("Aart Bos", "yy")):
        paths.append(copy(tmp_path / f"{user}.qde", name, user))
        xml = paths[-1].read_text(encoding="utf-8").replace(f'name="{name}"', f'id="AB" name="{name}"')
        paths[-1].write_text(xml, encoding="utf-8")
    merge_projects(paths, tmp_path / "t.qde")
    assert coders(tmp_path / "t.qde") == {"Anna Bakker": 2, "Aart Bos": 2}


def test_the_agreement_of_two_who_are_called_admin_is_measured(tmp_path: Path) -> None:
    paths = [copy(tmp_path / "a.qde", "Admin", "x"), copy(tmp_path / "b.qde", "Admin", "yy")]
    found = api.agreement(paths, between="users", draws=0)
    assert set(found.compared) == {"Admin", "Admin (2)"}


def test_the_command_takes_the_choice_and_refuses_others(tmp_path: Path) -> None:
    paths = [copy(tmp_path / "a.qde", "Anna", "x"), copy(tmp_path / "b.qde", "Anna", "yy")]
    ran = run("merge", *paths, "-o", tmp_path / "t.qde")
    assert "both are taken for one coder" in " ".join(ran.out.split())
    ran = run("merge", *paths, "-o", tmp_path / "u.qde", "--coders", "apart")
    assert "Anna (2)" in ran.out and coders(tmp_path / "u.qde") == {"Anna": 2, "Anna (2)": 2}
    with pytest.raises(UsageError, match="auto, same or apart"):
        merge_projects(paths, None, coders="both")  # type: ignore[arg-type]
