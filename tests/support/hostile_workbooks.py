"""Mapping workbooks that were made to do harm, and odd ones that are harmless; each a function of where it lies."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
from archives import Entry, laid_by_hand
from hostile_archives import million_members_said_one, overlapping_whole

Maker = Callable[[Path, int], Path]
CANARY = "the-canary-sings-4711"
HEADINGS = ["Path", "Recognising suffering"]
ROWS = [["Feeling heard", "x"], ["Openness", ""]]
_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"


def _parts() -> dict[str, bytes]:
    """A plain mapping workbook as openpyxl writes it, member by member."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Mapping"
    for row in [HEADINGS, *ROWS]:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return parts if _STRINGS in parts else _with_shared_strings(parts)


def _with_shared_strings(parts: dict[str, bytes]) -> dict[str, bytes]:
    """With the texts of the cells in a part of their own, as Excel writes them."""
    texts: list[str] = []

    def shared(match: re.Match[str]) -> str:
        texts.append(match[1])
        return f' t="s"><v>{len(texts) - 1}</v></c>'

    cell = re.compile(r' t="inlineStr"><is><t>([^<]*)</t></is></c>')
    parts[_SHEET] = cell.sub(shared, parts[_SHEET].decode()).encode()
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts[_STRINGS] = f'<sst xmlns="{space}">{strings}</sst>'.encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/{_STRINGS}" ContentType="{kind}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override.encode())
    return parts


def _write(path: Path, parts: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def _changed(path: Path, name: str, *pairs: tuple[str, str]) -> Path:
    parts = _parts()
    text = parts[name].decode()
    for old, new in pairs:
        assert old in text, (name, old)
        text = text.replace(old, new, 1)
    parts[name] = text.encode()
    return _write(path, parts)


def _sheet(path: Path, rows: bytes) -> Path:
    parts = _parts()
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    parts[_SHEET] = head + rows + b"</sheetData></worksheet>"
    return _write(path, parts)


def _text(row: int, *texts: str) -> str:
    cells = "".join(
        f'<c r="{chr(65 + column)}{row}" t="inlineStr"><is><t>{text}</t></is></c>' for column, text in enumerate(texts)
    )
    return f'<row r="{row}">{cells}</row>'


_TABLE = "".join(_text(number, *row) for number, row in enumerate([HEADINGS, *ROWS], start=1))


def external_links(path: Path, port: int) -> Path:
    parts = _parts()
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    parts["xl/externalLinks/externalLink1.xml"] = link
    relation = (
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"'
        f' Target="http://127.0.0.1:{port}/evil.xlsx" TargetMode="External"/></Relationships>'
    )
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>", relation.encode()
    )
    return _write(path, parts)


def link_to_a_file(path: Path, port: int) -> Path:
    """A sheet whose part is said to be a file of the system."""
    return _changed(path, "xl/_rels/workbook.xml.rels", ('Target="/xl/worksheets/sheet1.xml"', 'Target="/etc/passwd"'))


def macros(path: Path, _: int) -> Path:
    parts = _parts()
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 Sub AutoOpen()"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return _write(path, parts)


def million_empty_rows(path: Path, _: int) -> Path:
    rows = "".join(f'<row r="{number}" s="1" customFormat="1"/>' for number in range(4, 1_048_577))
    return _sheet(path, (_TABLE + rows).encode())


def wide_rows(path: Path, _: int) -> Path:
    rows = "".join(f'<row r="{number}"><c r="XFD{number}"><v>1</v></c></row>' for number in range(4, 50_000))
    return _sheet(path, (_TABLE + rows).encode())


def far_cells(path: Path, _: int) -> Path:
    return _sheet(path, (_TABLE + '<row r="99999999999999"><c r="ZZZZZZZZZZ1"><v>1</v></c></row>').encode())


def merged_cells(path: Path, _: int) -> Path:
    merged = '</sheetData><mergeCells count="2"><mergeCell ref="A2:B3"/><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return _changed(path, _SHEET, ("</sheetData>", merged))


def formulas(path: Path, _: int) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Mapping"
    for row in [HEADINGS, ["Feeling heard", '=HYPERLINK("http://127.0.0.1/"&A1)'], ["Openness", "=cmd|' /C calc'!A0"]]:
        sheet.append(row)
    book.save(path)
    return path


def formulas_with_results(path: Path, _: int) -> Path:
    rows = (
        _text(1, *HEADINGS)
        + '<row r="2"><c r="A2" t="str"><f>"Feeling"&amp;" heard"</f><v>Feeling heard</v></c>'
        + '<c r="B2" t="str"><f>WEBSERVICE("http://127.0.0.1/")</f><v>x</v></c></row>'
    )
    return _sheet(path, rows.encode())


_LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


def _doctype(name: str, inside: str, old: str, new: str) -> Maker:
    def maker(path: Path, port: int) -> Path:
        parts = _parts()
        canary = path.with_name("canary.txt")
        canary.write_text(CANARY, encoding="utf-8")
        text = parts[name].decode()
        rest = text.partition("?>")[2].lstrip() if text.startswith("<?xml") else text
        subset = inside.replace("CANARY", canary.as_uri()).replace("PORT", str(port))
        assert old in rest, (name, rest[:300])
        parts[name] = f"<!DOCTYPE x [{subset}]>{rest.replace(old, new, 1)}".encode()
        return _write(path, parts)

    return maker


_CANARY = '<!ENTITY x SYSTEM "CANARY">'
_NETWORK = '<!ENTITY x SYSTEM "http://127.0.0.1:PORT/x">'


def long_attribute_in_a_sheet(path: Path, _: int) -> Path:
    return _sheet(path, _TABLE.encode() + b'<row r="4" x="' + b"x" * (40 << 20) + b'"/>')


def zeros(path: Path, _: int) -> Path:
    """A sheet that says that it inflates to 2 GB of blanks."""
    parts = _parts()
    del parts[_SHEET]
    huge = Entry(_SHEET, b" " * (1 << 20), size=2_000_000_000)
    return laid_by_hand(path, [*(Entry(name, data) for name, data in parts.items()), huge])


def many_styles(path: Path, _: int) -> Path:
    more = "<xf/>" * 8_000_000
    return _changed(path, "xl/styles.xml", ("</cellXfs>", f"{more}</cellXfs>"))


def many_strings(path: Path, _: int) -> Path:
    parts = _parts()
    parts[_STRINGS] = parts[_STRINGS].replace(b"</sst>", b"<si><t>ha</t></si>" * 1_000_000 + b"</sst>")
    return _write(path, parts)


def nested_in_a_sheet(path: Path, _: int) -> Path:
    return _sheet(path, _TABLE.encode() + b"<x>" * 200_000 + b"</x>" * 200_000)


def nested_in_styles(path: Path, _: int) -> Path:
    return _changed(path, "xl/styles.xml", ("</cellXfs>", "</cellXfs>" + "<x>" * 100_000 + "</x>" * 100_000))


def large_dictionary(path: Path, _: int) -> Path:
    """A sheet packed with LZMA that asks for 4 GB to unpack it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in _parts().items():
            archive.writestr(name, data)
    asked = struct.pack("<BBHB", 9, 4, 5, 0x5D)
    data = path.read_bytes()
    path.write_bytes(re.sub(re.escape(asked) + b"....", asked + b"\xff" * 4, data, flags=re.DOTALL))
    return path


def old_workbook(path: Path, _: int) -> Path:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le") + bytes(1000))
    return path


def web_page(path: Path, _: int) -> Path:
    path.write_bytes(b"<html><table><tr><td>Path</td></tr></table></html>")
    return path


def million_members_(path: Path, _: int) -> Path:
    return million_members_said_one(path)


def overlapping(path: Path, _: int) -> Path:
    return overlapping_whole(path)


def names_outside(path: Path, _: int) -> Path:
    return _write(path, {**_parts(), "../../evil.txt": b"evil", "C:\\evil.txt": b"evil"})


def control_characters(path: Path, _: int) -> Path:
    return _sheet(path, (_TABLE + _text(4, "bell_x0007_\u202e=cmd", "x")).encode())


WORKBOOKS: dict[str, Maker] = {
    maker.__name__.replace("_", "-").strip("-"): maker
    for maker in (
        external_links, link_to_a_file, macros, million_empty_rows, wide_rows, far_cells, merged_cells, formulas,
        formulas_with_results, long_attribute_in_a_sheet, zeros, many_styles, many_strings, nested_in_a_sheet,
        nested_in_styles, large_dictionary, old_workbook, web_page, million_members_, overlapping, names_outside,
        control_characters,
    )
} | {
    f"{kind}-in-{part.rpartition('/')[2].removesuffix('.xml').strip('[]')}": _doctype(part, inside, old, new)
    for part, old, new in (
        (_SHEET, "<sheetData>", "<sheetData>&x;"),
        (_STRINGS, "Feeling heard", "&x;"),
        ("xl/styles.xml", "<cellXfs", "&x;<cellXfs"),
        ("xl/workbook.xml", 'name="Mapping"', 'name="&x;"'),
        ("[Content_Types].xml", "<Default", "&x;<Default"),
    )
    for kind, inside in (
        ("canary", _CANARY), ("network", _NETWORK), ("laughs", _LAUGHS.replace("a11 ", "x ")),
        ("quadratic", f'<!ENTITY q "{"x" * 100_000}"><!ENTITY x "{"&q;" * 40_000}">'),
    )
}  # fmt: skip
