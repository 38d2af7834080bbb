"""How the program came onto this computer, what it requires, and how a package that is not there is added."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Literal, NamedTuple

PACKAGE = "qdpx-compassion"
Way = Literal["program", "archive", "uv", "pipx", "source", "environment", "python"]
_REQUIREMENT = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?P<extras>\[[^]]*\])?.*?(?:extra\s*==\s*['\"](?P<extra>[A-Za-z0-9_-]+)['\"])?\s*$"
)


class Requirement(NamedTuple):
    """A package that the program asks for.

    Attributes:
        name: of the package. asked: with the extras of its own, as it is given to an installer.
        extra: of this program; empty: always asked for.
    """

    name: str
    asked: str
    extra: str


def way() -> Way:
    """How the program was installed: by what its installer left behind.

    pipx writes ``pipx_metadata.json``, uv ``uv-receipt.toml`` into the environment that they make for a program.
    """
    here = Path(__file__).as_posix()
    if getattr(sys, "frozen", False):
        return "program"
    if ".shiv" in here or ".pyz" in here:
        return "archive"
    if (Path(sys.prefix) / "uv-receipt.toml").exists():
        return "uv"
    if (Path(sys.prefix) / "pipx_metadata.json").exists():
        return "pipx"
    if "site-packages" not in here:
        return "source"
    return "environment" if sys.prefix != sys.base_prefix else "python"


def requirements() -> list[Requirement]:
    """What the program requires, extras included; empty where it carries no list (one program file)."""
    try:
        lines = metadata.requires(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return []
    found = {}
    for line in lines:
        match = _REQUIREMENT.match(line)
        if match:
            name, extra = match["name"], match["extra"] or ""
            found[name, extra] = Requirement(name, name + (match["extras"] or ""), extra)
    return list(found.values())


def version_of(package: str) -> str:
    """The version that is installed; empty: none is."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def how_to_add(*packages: str, extra: str = "") -> str:
    """A sentence that says how packages are added beside the program, the way it was installed.

    Args:
        packages: their names.
        extra: of this program: what it brings and is not there yet is added to them.
    """
    of_extra = [one for one in requirements() if one.extra == extra and extra]
    known = way()
    missing = [one.asked for one in of_extra if not version_of(one.name)] or [one.asked for one in of_extra]
    names = [*packages, *(one for one in missing if one not in packages)]
    if known in ("program", "archive"):
        return "This build of the program takes no more packages: install the program with uv or pipx instead."
    if not names:  # the list of what the program requires is an old one
        return f"Add the packages of its extra “{extra}”."
    if known == "uv":
        return f"Add it: uv tool install {' '.join(f'--with {_quoted(one)}' for one in [*_beside(), *names])} {PACKAGE}"
    listed = " ".join(map(_quoted, names))
    if known == "pipx":
        return f"Add it: pipx inject {PACKAGE} {listed}"
    return f"Add it: python -m pip install {listed}"


def _beside() -> list[str]:
    """What was added with uv earlier; uv takes away what is not named again."""
    try:
        receipt = tomllib.loads((Path(sys.prefix) / "uv-receipt.toml").read_text(encoding="utf-8"))
        names = [str(one["name"]) for one in receipt["tool"]["requirements"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [name for name in names if name != PACKAGE]


def _quoted(name: str) -> str:
    """Brackets mean something to zsh."""
    return f'"{name}"' if "[" in name else name
