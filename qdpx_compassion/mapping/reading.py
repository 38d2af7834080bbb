"""Reading a mapping in whichever form it comes."""

from __future__ import annotations

from pathlib import Path

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.recognise import cannot_read, no_such_file
from qdpx_compassion.findings import Finding
from qdpx_compassion.frameworks.framework import Framework
from qdpx_compassion.mapping.model import Mapping

_PROJECTS = {".qdpx", ".qde", ".qdc"}
_WORKBOOKS = {".xlsx", ".xlsm", ".xltx", ".xls", ".xlsb", ".ods", ".numbers"}
_REMEDY = "A mapping is the workbook that `qdpx-compassion mapping new` writes, or a CSV or TOML file of the same keys."


def read_mapping(path: Path, framework: Framework) -> tuple[Mapping, list[Finding]]:
    """Read a mapping workbook, CSV or TOML file, told apart by ending and content.

    Args:
        path: the file.
        framework: the framework whose constructs it names.

    Returns:
        The mapping, and a finding with its cell or line for everything that could not be read.

    Raises:
        InputError: it is no file of these kinds; says what it is instead.
        MappingError: it is, but holds no mapping.
    """
    ending = path.suffix.lower()
    if path.is_dir():
        raise InputError("This is a folder, not a mapping.", where=str(path), remedy=_REMEDY)
    if not path.exists():
        raise no_such_file(path, _REMEDY)
    if ending in _PROJECTS:
        raise InputError(
            "This is a project or codebook, not a mapping.",
            where=str(path),
            remedy=f"The project comes first, then the mapping: {_REMEDY[0].lower()}{_REMEDY[1:]}",
        )
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise cannot_read(path, error) from error
    if not start.strip():
        raise InputError("The file is empty.", where=str(path), remedy=_REMEDY)
    if start[:2] == b"PK" or start[:4] == b"\xd0\xcf\x11\xe0" or ending in _WORKBOOKS:
        from qdpx_compassion.mapping.workbook_reading import read_mapping_workbook

        return read_mapping_workbook(path, framework)
    from qdpx_compassion.mapping.text import read_mapping_csv, read_mapping_toml

    if ending == ".toml":
        return read_mapping_toml(path, framework)
    if ending in {".csv", ".tsv", ".txt"}:
        _refuse_others(path, start)
        return read_mapping_csv(path, framework)
    raise InputError(
        f"A mapping cannot be read from a file of the kind “{ending or path.name}”.", where=str(path), remedy=_REMEDY
    )


def _refuse_others(path: Path, start: bytes) -> None:
    """A web page or a binary file under the name of a table."""
    if start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise InputError("This is a web page or XML, not a table.", where=str(path), remedy=_REMEDY)
    if b"\0" in start and start[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError("This is not a text file.", where=str(path), remedy=_REMEDY)
