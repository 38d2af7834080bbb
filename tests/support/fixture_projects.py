"""The fixtures of ``tests/fixtures``: packed as their ``archive.toml`` says, and what was read of them in plain values.

``python tests/support/fixture_projects.py FIXTURE …`` prints how a fixture is read now, in the form of its
``expected.toml``, for a person to check and copy. Nothing writes an ``expected.toml`` but a person.
"""

from __future__ import annotations

import io
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from qdpx_compassion.code_tree import CodeTree, write_path
from qdpx_compassion.errors import QdpxError
from qdpx_compassion.refi.checks import validate_project
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import Project

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
_DATE = (2024, 6, 3, 12, 0, 0)
_ABOUT = ("expected.toml", "archive.toml")
_COUNTS = (
    "users", "codes", "variables", "cases", "sources", "selections", "codings", "links", "sets", "set_members",
)  # fmt: skip


def fixtures() -> list[Path]:
    """All fixtures, by name."""
    return sorted(folder for folder in FIXTURES.iterdir() if folder.is_dir())


class _Pipe(io.BytesIO):
    """A file that cannot be wound back, so that sizes are written behind the members."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def made(fixture: Path, folder: Path) -> Path:
    """The project of a fixture, as a program would hand it over, in a folder of its own."""
    how = _toml(fixture / "archive.toml")
    files = {
        path.relative_to(fixture).as_posix(): path.read_bytes()
        for path in sorted(fixture.rglob("*"))
        if path.is_file() and path.name not in _ABOUT
    }
    if download := next((name for name in files if name.endswith(".qdpx")), None):  # in place of a project
        return Path(shutil.copy(fixture / download, folder))
    (document,) = (name for name in files if name.endswith(".qde"))
    if how.get("form") in ("folder", "document"):
        target = folder / "study"
        for name, data in files.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(data)
        return target / document if how["form"] == "document" else target
    others = [(name, b"") for name in how.get("empty_members", [])]
    others += [(name, data) for name, data in files.items() if name != document]
    first = how.get("order", "document first") == "document first"
    members = [(document, files[document]), *others] if first else [*others, (document, files[document])]
    path = folder / str(how.get("name", "study.qdpx"))
    path.write_bytes(_zipped(members, how))
    return path


def _zipped(members: list[tuple[str, bytes]], how: dict[str, Any]) -> bytes:
    buffer = _Pipe() if how.get("data_descriptors") else io.BytesIO()
    root = f"{how['folder']}/" if "folder" in how else ""
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members:
            info = zipfile.ZipInfo(root + name, _DATE)
            info.compress_type = zipfile.ZIP_STORED if how.get("stored") else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return buffer.getvalue()


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def expected(fixture: Path) -> dict[str, Any]:
    """The golden reading of a fixture."""
    return _toml(fixture / "expected.toml")


def reading(path: Path) -> dict[str, Any]:
    """What was read and what is wrong with it, in plain values: the form of ``expected.toml``."""
    project = read_project(path)
    return {**_read(project), "validate": sorted({finding.code for finding in validate_project(path)})}


def _read(project: Project) -> dict[str, Any]:
    positions = project.positions
    return {
        "dialect": project.dialect,
        "reading": str(positions["description"]).split(": ")[0],
        "sureness": positions["sureness"],
        "quotations": list(project.column("selections", "quotation")),
        "codes": [write_path(code.path) for code in CodeTree.of(project)],
        "findings": sorted(finding.code for finding in project.findings),
        "counts": {name: len(project.rows[name]) for name in _COUNTS if project.rows[name]},
    }


def _written(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "\\r").replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, list):
        one = "[" + ", ".join(_written(entry) for entry in value) + "]"
        if len(one) < 100:
            return one
        return "[\n" + "".join(f"    {_written(entry)},\n" for entry in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_written(entry)}" for key, entry in value.items()) + " }"
    return str(value)


def as_toml(values: dict[str, Any]) -> str:
    """Plain values in the form of ``expected.toml``."""
    return "".join(f"{key} = {_written(value)}\n" for key, value in values.items())


def main(names: list[str]) -> None:
    """Print how fixtures are read now."""
    import tempfile

    for name in names:
        fixture = FIXTURES / Path(name).name
        with tempfile.TemporaryDirectory() as folder:
            values = {"shows": expected(fixture).get("shows", "")}
            try:
                values |= reading(made(fixture, Path(folder)))
            except QdpxError as error:
                values["error"] = error.what
        sys.stdout.write(f"# {fixture.name}\n{as_toml(values)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
