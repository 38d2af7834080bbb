"""Projects behind URLs (``s3://``, ``gs://``, ``https://``, ``zip://``), by fsspec."""

from __future__ import annotations

import contextlib
import glob
import tempfile
from collections.abc import Iterator
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
        info = listed[one]
        changes = next((str(info[key]) for key in _CHANGES if info.get(key)), None)
        changes = changes or str(info.get("CRC") or info.get("date_time") or "")
        address = _address(system, one, tail) if one != name or glob.has_magic(url) else url
        found.places.append(Place(address, without_secrets(address), info.get("size"), changes))


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
        except UsageError:
            raise
        except Exception as error:
            raise InputError(_said(error), where=place.location, remedy=_REMEDY) from error
        yield target


_REMEDY = "Check the address, and whether this computer may read it."


def _open(url: str) -> tuple[Any, str, str]:
    """The file system of a URL, the path in it, and what follows in a chain (``::s3://…``)."""
    fsspec = need("fsspec.core")
    try:
        system, path = fsspec.url_to_fs(url)
    except ImportError as error:
        protocol = url.partition(":")[0]
        package = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "https": "aiohttp", "http": "aiohttp",
                   "az": "adlfs", "abfs": "adlfs"}.get(protocol)  # fmt: skip
        raise UsageError(
            f"Addresses that begin with {protocol}:// need {package or 'a package'}, which is not installed.",
            remedy=how_to_add(package) if package else "The documentation of fsspec says which.",
        ) from error
    return system, str(path), url.partition("::")[2]


def _protocol(system: Any) -> str:
    protocol = system.protocol
    return str(protocol if isinstance(protocol, str) else protocol[0])


def _address(system: Any, name: str, tail: str) -> str:
    address = str(system.unstrip_protocol(name))
    return f"{address}::{tail}" if tail else address


def _said(error: Exception) -> str:
    """What a store said, in a sentence and without its secrets."""
    if isinstance(error, FileNotFoundError):
        return "There is no such file."
    if isinstance(error, PermissionError):
        return "It may not be read: the server refuses."
    words = " ".join(str(error).split())[:200]
    told = f": {words}" if words and "://" not in words else ""  # an address may hold a signature
    return f"It cannot be fetched ({type(error).__name__}{told})."
