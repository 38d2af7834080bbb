"""Projects behind URLs (``s3://``, ``gs://``, ``https://``, ``zip://``), by fsspec."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import logging
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from qdpx_compassion.corpus.needs import need
from qdpx_compassion.corpus.places import Found, Missing, Place, holds_project, without_secrets
from qdpx_compassion.errors import InputError, UsageError
from qdpx_compassion.installed import how_to_add

#: What servers say of a file that changes with its content, the surest first.
_CHANGES = ("ETag", "etag", "md5Hash", "content_md5", "sha256", "LastModified", "last_modified", "mtime", "updated")


def find(url: str, found: Found) -> None:
    """Add the projects that a URL names: a file, a glob, or a folder with all below it."""
    try:
        system, path, tail = _open(url)
        names = system.glob(path) if glob.has_magic(path) else [path]
        for name in sorted(names):
            _add(system, str(name), tail, url, found)
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 (what stores raise has no common base)
        found.missing.append(Missing(Place(url, without_secrets(url)), _said(error), _REMEDY))


def _add(system: Any, name: str, tail: str, url: str, found: Found) -> None:
    listed = system.find(name, detail=True) if "http" not in _protocol(system) else {}
    if name in listed or not listed:
        listed = {name: system.info(name)}
    elif len(listed) > 1 or name not in listed:
        listed = {one: info for one, info in listed.items() if holds_project(one)}
    for one in sorted(listed):
        info, beside = listed[one], _beside(system, one)
        changes = _changes(info)
        if beside:
            told = [(name, _changes(file)) for name, file in sorted(beside.items())]
            changes = hashlib.sha256(repr((changes, told)).encode()).hexdigest()
        sizes = [file.get("size") for file in (info, *beside.values())]
        size = None if None in sizes else sum(sizes)
        address = _address(system, one, tail) if one != name or glob.has_magic(url) else url
        found.places.append(Place(address, without_secrets(address), size, changes))


def _changes(info: dict[str, Any]) -> str:
    """What a store says of a file that changes with its content; empty: nothing."""
    told = next((str(info[key]) for key in _CHANGES if info.get(key)), None)
    return told or str(info.get("CRC") or info.get("date_time") or "")


def _beside(system: Any, name: str) -> dict[str, dict[str, Any]]:
    """The files of an unpacked project, in the folder sources beside its document. The web has no folders."""
    if not name.lower().endswith(".qde") or "http" in _protocol(system):
        return {}
    files: dict[str, dict[str, Any]] = {}
    for entry in system.ls(name.rpartition("/")[0], detail=True):
        folder = str(entry["name"]).rstrip("/")
        if entry.get("type") == "directory" and folder.rpartition("/")[2].lower() == "sources":
            files |= system.find(folder, detail=True)
    return files


@contextlib.contextmanager
def fetched(place: Place, folder: Path) -> Iterator[Path]:
    """A project behind a URL as a file that is there for the length of the block.

    Args:
        place: where it lies.
        folder: in which a folder of its own is made for the copy, readable for nobody else.

    Raises:
        InputError: it cannot be fetched.
    """
    with tempfile.TemporaryDirectory(prefix="fetched-", dir=folder) as temporary:
        target = Path(temporary) / (PurePosixPath(place.file.partition("?")[0]).name or "project.qdpx")
        try:
            system, path, _ = _open(place.url)
            system.get_file(path, str(target))
            above = path.rpartition("/")[0]
            for name in _beside(system, path):
                file = Path(temporary, *PurePosixPath(name.removeprefix(above)).parts[1:])
                if not file.resolve().is_relative_to(Path(temporary).resolve()):
                    continue  # a name with ".." in it, as a store may have
                file.parent.mkdir(parents=True, exist_ok=True)
                system.get_file(name, str(file))
        except UsageError:
            raise
        except Exception as error:
            raise InputError(_said(error), where=place.location, remedy=_REMEDY) from error
        yield target


_REMEDY = "Check the address, and whether this computer may read it."


def _open(url: str) -> tuple[Any, str, str]:
    """The file system of a URL, the path in it, and what follows in a chain (``::s3://…``)."""
    fsspec = need("fsspec.core")
    _hush()
    protocol = re.split("::|://", url, maxsplit=1)[0]
    if protocol not in need("fsspec").available_protocols():
        raise UsageError(
            f"Addresses that begin with {protocol}:// are not known.",
            remedy="Known are s3://, gs://, https://, zip:// and the others of fsspec; files and folders have none.",
        )
    try:
        system, path = fsspec.url_to_fs(url)
    except ImportError as error:
        package = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "https": "aiohttp", "http": "aiohttp",
                   "az": "adlfs", "abfs": "adlfs"}.get(protocol)  # fmt: skip
        raise UsageError(
            f"Addresses that begin with {protocol}:// need {package or 'a package'}, which is not installed.",
            remedy=how_to_add(package) if package else "The documentation of fsspec says which.",
        ) from error
    return system, str(path), url.partition("::")[2]


@cache
def _hush() -> None:
    """What these packages log is for programmers; what people need to know comes as an error."""
    for name in ("fsspec", "s3fs", "gcsfs", "adlfs", "aiohttp", "aiobotocore", "botocore", "urllib3", "google"):
        logging.getLogger(name).addHandler(logging.NullHandler())


def _protocol(system: Any) -> str:
    protocol = system.protocol
    return str(protocol if isinstance(protocol, str) else protocol[0])


def _address(system: Any, name: str, tail: str) -> str:
    address = str(system.unstrip_protocol(name))
    return f"{address}::{tail}" if tail else address


def _said(error: Exception) -> str:
    """What a store said, in a sentence and without its secrets."""
    # what is wrong on the web comes as "not found", with the reason behind it
    behind = error.__cause__ if isinstance(error, FileNotFoundError) and error.__cause__ else error
    status = getattr(behind, "status", None)
    if isinstance(behind, PermissionError) or status in (401, 403):
        return "It may not be read: the server refuses."
    if isinstance(behind, FileNotFoundError) or status in (404, 410):
        return "There is no such file."
    if status:
        return f"It cannot be fetched: the server answers {status}."
    if any(word in type(behind).__name__ for word in ("SSL", "Certificate")):
        return "It cannot be fetched: no safe connection to the server can be made."
    if isinstance(behind, (ConnectionError, TimeoutError)) or "Connect" in type(behind).__name__:
        return "It cannot be fetched: the server cannot be reached."
    if isinstance(error, ValueError) and "range requests" in str(error):
        return "The server gives an archive only as a whole; download it first."
    words = " ".join(str(error).split())[:200]
    told = f": {words}" if words and "://" not in words else ""  # an address may hold a signature
    return f"It cannot be fetched ({type(error).__name__}{told})."
