"""What every lossless format must bring back: texts that files and programs like to change."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from documents import random_project

from qdpx_compassion.formats import Content, MediaFile
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import TABLES, Project, Rows

#: Texts that spreadsheets, parsers and editors change when they are let.
HARD_TEXTS = (
    "", " ", "  two before and after  ", "\ttab first", "line\nfeed", "\nfirst", "last\n", "cr\r\nlf", "\r", "¶", "¬",
    "¬0041;", "¬file:x.txt;", "∅", '""', '""""', '"""', "_x000D_", "_x005F_", "__x000D_",
    "=1+1", "+31 6 12345678", "-anger", "@home",
    "'quoted", "''", '"', '"",""', "a;b,c\td", "1-2", "2024", "007", "1e5", "3.10", "TRUE", "false", "#REF!", "NULL",
    "NaN", "None", "2024-01-31", "12:30", "🙂 é \u0301 \u200b\ufeff", "\u2028 \u2029 \x85 \x7f \x9f", "\xa0 nbsp \xa0",
    "<b>&amp;</b>", "x" * 32_767, "y" * 32_768, "🙂" * 16_384, "\r\n" * 20_000, "\\n \\t \\", "%s {} $1", "sep=;",
)  # fmt: skip


def stored(project: Project) -> dict[str, Rows]:
    """The rows without what is derived from texts or other rows."""
    return {
        name: [[v for v, column in zip(row, TABLES[name].columns, strict=True) if not column.derived] for row in rows]
        for name, rows in project.rows.items()
    }


def media_bytes(content: Content) -> dict[str, bytes]:
    """Path → the bytes of its file."""
    return {path: b"".join(file.chunks()) for path, file in content.media.items()}


def random_content(seed: int, folder: Path, size: int = 2) -> Content:
    """A random project with every element of the standard."""
    path = folder / f"random-{seed}.qde"
    path.write_bytes(random_project(seed, size))
    return Content(read_project(path))


def hard_content(folder: Path) -> Content:
    """A random project whose codes are called by every hard text, and whose files have odd names."""
    content = random_content(7, folder)
    codes, position = content.project.rows_to_change()["codes"], TABLES["codes"].position
    for number, text in enumerate(HARD_TEXTS):
        row: list[Any] = [None] * len(position)
        row[position["guid"]] = f"00000000-0000-4000-8000-{number:012x}"
        row[position["name"]] = row[position["description"]] = row[position["color"]] = text
        codes.append(row)
    files = [
        MediaFile(name, len(data), partial(iter, (data,)))
        for name, data in (
            ("../out.txt", b"1"), ("A.TXT", b""), ("a.txt", b"\xef\xbb\xbf\r\n\x00"), ("con.txt", b"3"), ("", b"4"),
            ("x" * 300 + ".pdf", b"5"), ("sp ace:*?.mp3", bytes(range(256)) * 5000),
        )
    ]  # fmt: skip
    content.media = {f"internal://{number}": file for number, file in enumerate(files)}
    content.media["relative://again"] = files[0]
    return content
