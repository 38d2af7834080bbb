"""Where the projects of a corpus lie: files, globs, folders and URLs become places, a project each."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from urllib.request import url2pathname

#: What a project's file is called in a folder.
_ENDINGS = (".qdpx", ".qde")
#: Parts of the names of parameters that let somebody in: they are never written down.
_SECRET = re.compile("sig|token|secret|passw|credential|key|auth|expires", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A project before it is read.

    Attributes:
        url: path or URL by which it is opened.
        location: the same without passwords, as it is written down.
        size: bytes; of a bare .qde with those of the files beside it.
        modified: what tells that it was written to.
    """

    url: str
    location: str
    size: int | None = None
    modified: str | None = None

    @property
    def project_id(self) -> str:
        """Follows from the location alone."""
        return hashlib.sha256(self.location.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.location.partition("::")[0].rstrip("/").rpartition("/")[2] or self.location

    @property
    def is_remote(self) -> bool:
        """Whether it is opened by fsspec."""
        return is_url(self.url)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that was given and cannot be read at all.

    Attributes:
        place: what was given. message, remedy: for people.
    """

    place: Place
    message: str
    remedy: str


@dataclass
class Found:
    """The places of everything that was given, each once, in the order of their locations.

    Attributes:
        places: the projects. missing: what cannot be read at all. empty: what holds no projects.
        alike: locations of several addresses that differ in passwords alone; one of them is read.
        given: locations of everything that was given.
    """

    places: list[Place] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)


def is_url(given: str) -> bool:
    """Whether fsspec opens it: ``s3://…``, ``zip://…::…``; a drive letter is no protocol."""
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]+(://|::)", given))


def _absolute(given: str) -> str:
    """What is given, without what depends on the folder in which the command was given; ``file://`` is a path."""
    if given.startswith("file://"):
        return url2pathname(urlsplit(given).path)
    outer, chained, archive = given.rpartition("::")
    return f"{outer}::{_location(Path(archive))}" if chained and "://" not in archive else given


def without_secrets(url: str) -> str:
    """A URL without user, password and signature."""
    return "::".join(_public(part) for part in url.split("::"))


def _public(url: str) -> str:
    if "://" not in url or not ("@" in url or "?" in url):
        return url
    parts = urlsplit(url)
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _SECRET.search(name)
    ]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, urlencode(query), parts.fragment))


def find_places(given: Iterable[str], *, avoid: Path | None = None) -> Found:
    """Find the projects in files, globs, folders and URLs.

    In a folder every .qdpx and .qde is a project, in its sub-folders too; an unpacked project is its .qde.

    Args:
        given: what a person gave.
        avoid: a folder in which nothing is looked for: the corpus itself.
    """
    found = Found()
    for one in dict.fromkeys(map(_absolute, given)):
        found.given.append(without_secrets(one) if is_url(one) else _location(Path(one)))
        before = len(found.places) + len(found.missing)
        if is_url(one):
            from qdpx_compassion.corpus import remote

            remote.find(one, found)
        else:
            _find_local(one, found, avoid)
        if len(found.places) + len(found.missing) == before:
            found.empty.append(without_secrets(one))
    by_location: dict[str, Place] = {}
    for place in found.places:
        if by_location.setdefault(place.location, place).url != place.url and place.is_remote:
            found.alike.append(place.location)
    found.places = [by_location[location] for location in sorted(by_location)]
    return found


def holds_project(name: str) -> bool:
    """Whether a file in a folder is a project by its name; what macOS adds to archives is none."""
    parts = name.split("/")
    return name.lower().endswith(_ENDINGS) and not parts[-1].startswith(".") and "__MACOSX" not in parts


def _find_local(given: str, found: Found, avoid: Path | None) -> None:
    path = Path(given)
    if _exists(path):
        paths: Sequence[Path] = [path]
    elif glob.has_magic(given):
        paths = [Path(one) for one in sorted(glob.glob(given, recursive=True))]  # noqa: PTH207 (of any folder)
    else:
        place = Place(given, _location(path))
        found.missing.append(Missing(place, "There is no such file.", "Check the name and the folder."))
        return
    for one in paths:
        for file in _files(one, avoid) if one.is_dir() else (one,):
            try:
                found.places.append(_place(file))
            except OSError as error:
                message = f"The file cannot be looked at: {error.strerror or error}."
                found.missing.append(Missing(Place(str(file), _location(file)), message, "Check its permissions."))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _files(folder: Path, avoid: Path | None) -> Iterator[Path]:
    """The projects below a folder."""
    for root, folders, names in os.walk(folder):  # does not follow links to folders
        here = Path(root)
        folders[:] = sorted(name for name in folders if avoid is None or here / name != avoid)
        for name in sorted(names):
            if holds_project((here / name).relative_to(folder).as_posix()):
                yield here / name


def _location(path: Path) -> str:
    return Path(os.path.abspath(path)).as_posix()  # noqa: PTH100 (resolve() would follow links: two names are two)


def _place(path: Path) -> Place:
    states = [path.stat()]
    if path.suffix.lower() == ".qde":
        beside = [one for one in path.parent.iterdir() if one.name.lower() == "sources" and one.is_dir()]
        states += [file.stat() for folder in beside for file in folder.rglob("*") if file.is_file()]
    newest = max(state.st_mtime_ns for state in states)
    return Place(str(path), _location(path), sum(state.st_size for state in states), str(newest))
