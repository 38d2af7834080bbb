"""The texts that segments lie in: given as a folder or archive, or looked for beside the spreadsheet."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from qdpx_compassion.files.stores import open_store
from qdpx_compassion.formats.beside import folder_beside
from qdpx_compassion.refi.text import decode_text

#: What plain texts are called.
SUFFIXES = (".txt", ".md", ".text")
#: The largest text that is looked for beside the file.
_LIMIT = 64 << 20


class GivenTexts:
    """Plain texts by the names of their documents.

    Args:
        sheet: the spreadsheet; beside it, and in its folder ``<name>_xlsx_files``, texts are looked for.
        given: a folder or zip archive of texts; None: only beside.

    Raises:
        InputError: what is given cannot be read.
    """

    def __init__(self, sheet: Path, given: Path | None = None) -> None:
        self._folders = (folder_beside(sheet), folder_beside(sheet) / "sources", sheet.parent)
        self._sheet = sheet
        self._texts: dict[str, list[str]] = {}
        if given is None:
            return
        with open_store(given) as files:
            for member in files.members:
                path = PurePosixPath(member.name)
                if path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
                    continue
                text = _plain(b"".join(files.chunks(member)))
                for name in {path.name.casefold(), path.stem.casefold()}:
                    self._texts.setdefault(name, []).append(text)

    def of(self, name: str) -> str | None:
        """The text of a document: of that name, or of that name as a text file; None where there is none, or two."""
        stem = PurePosixPath(name.replace("\\", "/")).stem
        for wanted in (name, f"{name}.txt", stem):
            found = self._texts.get(wanted.casefold(), [])
            if len(set(found)) == 1:
                return found[0]
        return self._beside(name, stem)

    def _beside(self, name: str, stem: str) -> str | None:
        if not name or any(sign in name for sign in "/\\:\0") or name in (".", ".."):
            return None
        named = dict.fromkeys((name, *(f"{one}{suffix}" for one in (name, stem) for suffix in SUFFIXES)))
        for file in (folder / one for folder in self._folders for one in named):
            try:
                fits = (
                    file.suffix.lower() in SUFFIXES and file != self._sheet and not file.is_symlink() and file.is_file()
                )
                if fits and file.stat().st_size <= _LIMIT:
                    return _plain(file.read_bytes())
            except (OSError, ValueError):
                continue
        return None


def _plain(data: bytes) -> str:
    """A text without byte order mark, with every line end a line feed, as most programs take texts in."""
    return decode_text(data)[0].replace("\r\n", "\n").replace("\r", "\n")
