"""The log of one run: what was asked, with which versions, which files went in and came out, what was counted.

It is made to be given away with the data. So files stand by name, without the folders they lie in; of findings only the
code and the number; and nothing says who ran the program or on which machine.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.atomic import write_atomically
from qdpx_compassion.files.clock import source_date
from qdpx_compassion.version import __version__

#: The form of the log; it changes when a key changes its meaning.
FORM = 1
_CHUNK = 1 << 20
_Stamp = tuple[int, int, int]


@dataclass
class RunLog:
    """What is known of a run while it runs. Make it before the work begins: it notes what the files are like then.

    Attributes:
        command: its words, e.g. ``mapping new``.
        choices: option → value, defaults included.
        inputs: what is read. outputs: what may be written.
        counts: what the command counted, by name.
        findings: code → how often.
        began: when it was made, or what SOURCE_DATE_EPOCH says.
    """

    command: str
    choices: dict[str, object]
    inputs: list[Path]
    outputs: list[Path]
    counts: dict[str, object] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    began: dt.datetime = field(default_factory=lambda: source_date() or dt.datetime.now(dt.UTC))

    def __post_init__(self) -> None:
        self.inputs = _each_once(self.inputs)
        self._before = {path: _stamp(path) for path in (*self.inputs, *self.outputs)}

    def expect(self, paths: Iterable[Path]) -> None:
        """Further files that may be written; said before they are."""
        for path in paths:
            if path not in self._before:
                self._before[path] = _stamp(path)
                self.outputs.append(path)

    def also_read(self, paths: Iterable[Path]) -> None:
        """Files that turned out to be needed only while the command ran."""
        for path in paths:
            if path not in self._before:
                self._before[path] = _stamp(path)
                self.inputs.append(path)

    def note(self, counts: Mapping[str, object], finding_codes: Iterable[str]) -> None:
        """Add what the command counted and found."""
        self.counts.update(counts)
        for code in finding_codes:
            self.findings[code] = self.findings.get(code, 0) + 1

    def as_dict(self, exit_code: int) -> dict[str, object]:
        """The log as plain values; files are read now, a piece at a time, for their SHA-256.

        Args:
            exit_code: with which the command ends.

        Raises:
            InputError: an input is gone or was changed while the program ran.
        """
        for path in self.inputs:
            if _stamp(path) != self._before[path]:
                raise InputError(
                    "The file was changed while the program ran, so the log cannot say what was read.",
                    where=str(path),
                    remedy="Run the command again when nothing else writes to it.",
                )
        written = [path for path in _each_once(self.outputs) if _stamp(path) not in (None, self._before.get(path))]
        return {
            "log": FORM,
            "command": self.command,
            "choices": self.choices,
            "date": self.began.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "exit_code": exit_code,
            "versions": versions(),
            "inputs": [part for path in self.inputs for part in _with_texts_beside(path)],
            "outputs": [fingerprint(path) for path in written],
            "counts": self.counts,
            "findings": dict(sorted(self.findings.items())),
        }

    def write(self, target: Path, exit_code: int, *, force: bool) -> None:
        """Write the log as JSON.

        Raises:
            QdpxError: an input was changed meanwhile, or the log cannot be written.
        """
        text = json.dumps(self.as_dict(exit_code), ensure_ascii=False, indent=2, default=str) + "\n"
        write_atomically(target, text.encode(), force=force)


def versions() -> dict[str, object]:
    """Versions of this program, of Python, of the libraries that it uses, and the kind of system."""
    return {
        "qdpx-compassion": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        "libraries": _libraries(),
    }


def _libraries() -> dict[str, str]:
    try:
        wanted = metadata.requires("qdpx-compassion") or []
    except metadata.PackageNotFoundError:  # run from its folder, without being installed
        return {}
    found = {}
    for name in sorted({re.split(r"[^\w.-]", line, maxsplit=1)[0].lower() for line in wanted}):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # of an extra that is not installed
            continue
    return found


def fingerprint(path: Path) -> dict[str, object]:
    """Name, size and SHA-256 of a file; of a folder, the SHA-256 of the lines that ``sha256sum`` prints of its files.

    Args:
        path: a file or folder. The lines are sorted by path, which stands in them with forward slashes.

    Raises:
        InputError: it cannot be read.
    """
    try:
        if path.is_dir():
            return _folder(path)
        digest, size = _hash(path)
    except OSError as error:
        raise InputError(
            f"The file cannot be read for the log: {error.strerror or error}.",
            where=str(path),
            remedy="Check the disk, or leave out --log.",
        ) from error
    return {"name": path.name, "bytes": size, "sha256": digest}


def _folder(path: Path) -> dict[str, object]:
    whole, total, number = hashlib.sha256(), 0, 0
    found = [Path(root) / name for root, _, names in os.walk(path) for name in names]
    for shown, file in sorted((file.relative_to(path).as_posix(), file) for file in found if file.is_file()):
        digest, size = _hash(file)
        whole.update(f"{digest}  {shown}\n".encode("utf-8", "surrogateescape"))
        total, number = total + size, number + 1
    return {"name": path.resolve().name, "files": number, "bytes": total, "sha256": whole.hexdigest()}


def _hash(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _with_texts_beside(path: Path) -> list[dict[str, object]]:
    """An input; of a bare .qde also the folder in which its texts lie."""
    beside = []
    if path.suffix.lower() == ".qde" and path.is_file():
        beside = [one for one in sorted(path.parent.iterdir()) if one.name.lower() == "sources" and one.is_dir()]
    return [fingerprint(one) for one in (path, *beside)]


def _each_once(paths: Iterable[Path]) -> list[Path]:
    return list(dict.fromkeys(paths))


def _stamp(path: Path) -> _Stamp | None:
    """What changes when a file is replaced or written; None: it is not there."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns)
