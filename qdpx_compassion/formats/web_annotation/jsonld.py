"""The format: JSON-LD files with Web Annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.atomic import atomic_output
from qdpx_compassion.files.rewriting import Writable
from qdpx_compassion.files.whole import read_whole
from qdpx_compassion.formats.base import Content, FormatInfo, Loss, Progress, WriteOptions
from qdpx_compassion.formats.beside import write_sources, writing_beside
from qdpx_compassion.formats.refi import head
from qdpx_compassion.formats.tabular import name_files
from qdpx_compassion.formats.web_annotation.foreign import annotations_of, read_foreign
from qdpx_compassion.formats.web_annotation.reading import read_own
from qdpx_compassion.formats.web_annotation.terms import PROFILE, VERSION, own
from qdpx_compassion.formats.web_annotation.writing import Collection

_HALF = re.compile("[\ud800-\udfff]")
#: What one of the first bytes of such a file holds; the last are Hypothesis' own words.
_SIGNS = (b"ns/anno.jsonld", b'"Annotation"', b"AnnotationCollection", b"AnnotationPage", b"TextQuoteSelector")


class WebAnnotations:
    """A project as annotations; its files lie in a folder beside.

    Args:
        info: what is known of the format.
    """

    def __init__(self, info: FormatInfo) -> None:
        self.info = info

    def recognises(self, path: Path) -> bool:
        """Whether the file is JSON that begins as annotations do."""
        if not path.is_file():
            return False
        start = head(path).lstrip(b"\xef\xbb\xbf \t\r\n")
        return start[:1] in (b"{", b"[") and any(sign in start for sign in _SIGNS)

    def read(self, path: Path, progress: Progress | None = None) -> Content:
        """Read our own profile, or what other programs marked in texts.

        Raises:
            InputError: it is no JSON, or holds no annotations.
        """
        found = _load(path, progress)
        if isinstance(found, dict) and found.get(own("profile")) == PROFILE:
            if found.get(own("version")) != VERSION:
                raise InputError(
                    f"The annotations are of version {found.get(own('version'))} of their profile; {VERSION} is read.",
                    where=path.name,
                    remedy="Update this program.",
                )
            return read_own(found, path)
        return read_foreign(annotations_of(found, path), path)

    def losses(self, content: Content) -> list[Loss]:  # noqa: ARG002 (the signature is the protocol's)
        """None."""
        return []

    def write(self, content: Content, target: Path, options: WriteOptions) -> list[Loss]:
        """Write the annotations, and the files beside."""
        files, paths = name_files(content)
        with writing_beside(target, force=options.force) as store, atomic_output(target, force=options.force) as new:
            write_sources(files, store)
            with new.open("wb") as file:
                _write(Collection(content), paths, file)
        return []


def _write(collection: Collection, paths: list[tuple[str, str]], file: Writable) -> None:
    """A line for each row and annotation, so that large collections are written as they are made."""
    start = json.dumps(collection.head(), ensure_ascii=False).removesuffix("}")
    file.write(start.encode())
    for name, rows in collection.tables():
        file.write(f",\n{json.dumps(name)}: [".encode())
        _lines(rows, file)
    file.write(f',\n"{own("files")}": ['.encode())
    _lines(({own("path"): path, own("file"): name} for path, name in paths), file)
    page = json.dumps(collection.page()).removesuffix("}")
    file.write(f',\n"first": {page}, "items": ['.encode())
    _lines(collection.annotations(), file)
    file.write(b"}}\n")


def _lines(objects: Iterator[dict[str, Any]], file: Writable) -> None:
    for number, one in enumerate(objects):
        line = json.dumps(one, ensure_ascii=False)
        if not line.isascii() and _HALF.search(line):
            line = json.dumps(one)  # half a character cannot be written as UTF-8, but as an escape it can
        file.write(f"{',' if number else ''}\n{line}".encode())
    file.write(b"\n]")


def _load(path: Path, progress: Progress | None) -> Any:
    try:
        data = read_whole(path, "document_bytes")
        if progress:
            progress(len(data))
        return json.loads(data)
    except OSError as error:
        raise InputError(f"The file cannot be read: {error.strerror or error}.", where=path.name) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"This is not valid JSON: {error}.", where=path.name, remedy="Export or download it again."
        ) from error
