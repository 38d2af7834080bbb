"""What stands in files that a run wrote, archives inflated: to look for what must not be there."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file below a folder, and of every member of those that are archives."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            yield name, path.read_bytes()
            if path.suffix in (".xlsx", ".qdpx", ".zip", ".docx"):
                with zipfile.ZipFile(path) as archive:
                    yield from ((f"{name}/{member}", archive.read(member)) for member in archive.namelist())
