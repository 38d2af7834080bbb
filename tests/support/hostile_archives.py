"""Archives that were made to do harm, and odd ones that are harmless; each a function of where it is to lie."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from archives import TEXT, Entry, laid_by_hand, zipped
from small_project import document

Maker = Callable[[Path], Path]
_DOCUMENT = document()
_END, _RECORD, _LOCAL = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"

#: Names of members that would lie elsewhere if they were unpacked by their names.
NAMES = {
    "up": "../../evil.txt",
    "far-up": "/".join([".."] * 20) + "/tmp/evil.txt",  # noqa: S108 (nothing is written there)
    "absolute": "/tmp/evil.txt",  # noqa: S108
    "backslashes": "..\\..\\evil.txt",
    "drive": "C:\\evil.txt",
    "drive-slash": "C:/evil.txt",
    "share": "\\\\server\\share\\evil.txt",
    "stream": "sources/a.txt:evil",
    "reserved": "sources/CON.txt",
    "reserved-more": "sources/LPT¹.txt",
    "trailing-dot": "sources/evil.txt. . .",
    "controls": "sources/\x1b[2Jevil\r\n.txt",
    "direction": "sources/\u202etxt.exe",
    "long": "sources/" + "x" * 60_000,
    "emoji": "sources/" + "🙂" * 200 + ".txt",
    "empty": "",
    "dot": ".",
    "dots": "..",
    "slashes": "////",
}


def _named(name: str) -> Maker:
    """A source refers to the member by its whole name, so that a conversion writes it out."""

    def maker(path: Path) -> Path:
        shown = "".join(c for c in name if c.isprintable()).replace("&", "")
        source = (
            f'<PictureSource guid="cccccccc-0000-4000-8000-000000000009" name="n" path="internal://{shown}"/>'
            f'<TextSource guid="cccccccc-0000-4000-8000-000000000008" name="m" plainTextPath="internal://{shown}"/>'
        )
        return laid_by_hand(path, [Entry("project.qde", document(sources=source)), Entry(name, TEXT)])

    return maker


def nul_in_a_name(path: Path) -> Path:
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT), Entry("", TEXT, name_bytes=b"sources/a.txt\0.exe")])


def link(path: Path) -> Path:
    """A symbolic link to a file of the system, which a careless unpacker makes and then follows."""
    source = '<TextSource guid="cccccccc-0000-4000-8000-000000000008" name="m" plainTextPath="internal://a.txt"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", document(sources=source))
        info = zipfile.ZipInfo("sources/a.txt")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return path


def twice(path: Path) -> Path:
    other = _DOCUMENT.replace(b"Feeling heard", b"Something else")
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT), Entry("project.qde", other), Entry("a.txt", TEXT)])


def equal_but_for_case(path: Path) -> Path:
    names = ("sources/A.txt", "sources/a.TXT", "Sources/a.txt")
    return zipped(path, [("project.qde", _DOCUMENT), *((name, name.encode()) for name in names)])


def overlapping_whole(path: Path) -> Path:
    """David Fifield's bomb, first kind: all directory entries point to one member."""
    kernel = bytes(1 << 20)
    entries = [Entry("project.qde", _DOCUMENT), Entry("sources/0.txt", kernel)]
    place = len(_LOCAL) + 26 + len("project.qde") + _deflated(_DOCUMENT)
    entries += [Entry(f"sources/{n}.txt", kernel, offset=place) for n in range(1, 100)]
    return laid_by_hand(path, entries)


def overlapping_quoted(path: Path) -> Path:
    """The second kind: a member's data begin with stored blocks that quote the headers of the following members."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = kernel.compress(bytes(4 << 20)) + kernel.flush()
    checksum, size, number = 0, 4 << 20, 50
    files: list[tuple[bytes, bytes, int, int]] = []
    body = packed
    for index in reversed(range(number)):
        name = b"project.qde" if index == 0 else f"sources/{index}".encode()
        header = struct.pack("<4s5H3L2H", _LOCAL, 20, 0, 8, 0, 33, checksum, len(body), size, len(name), 0) + name
        files.insert(0, (name, header, len(body), size))
        quoted = struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF) + header
        body = quoted + body
        size += len(header)
    data = files[0][1] + body[5 + len(files[0][1]) :]
    directory, at = b"", 0
    for name, header, length, inflated in files:
        directory += struct.pack("<4s6H3L5H2L", _RECORD, 20, 20, 0, 8, 0, 33, checksum, length, inflated, len(name),
                                 0, 0, 0, 0, 0, at) + name  # fmt: skip
        at += len(header) + 5
    end = struct.pack("<4s4H2LH", _END, 0, 0, number, number, len(directory), len(data), 0)
    path.write_bytes(data + directory + end)
    return path


def _deflated(data: bytes) -> int:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    return len(deflater.compress(data) + deflater.flush())


def _million(path: Path, stated: int) -> Path:
    """10^6 empty members, all but the first of them in the directory alone."""
    whole = zipped(path, [("project.qde", _DOCUMENT)]).read_bytes()
    start = whole.index(_RECORD)
    end = whole.rindex(_END)
    out = io.BytesIO()
    out.write(whole[:end])
    for number in range(10**6 - 1):
        name = b"%d" % number
        out.write(struct.pack("<4s6H3L5H2L", _RECORD, 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name)
    length = out.tell() - start
    out.write(struct.pack("<4s4H2LH", _END, 0, 0, stated, stated, length, start, 0))
    path.write_bytes(out.getvalue())
    return path


def million_members(path: Path) -> Path:
    return _million(path, 0xFFFF)


def million_members_said_one(path: Path) -> Path:
    return _million(path, 1)


def _zip64(size: int) -> bytes:
    return struct.pack("<HHQ", 1, 8, size)


def exabyte(path: Path) -> Path:
    """A member of 1 kB that says it inflates to 1 EB."""
    huge = Entry("sources/a.txt", TEXT, size=0xFFFFFFFF, extra_central=_zip64(1 << 60))
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT), huge])


def exabyte_document(path: Path) -> Path:
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT, size=0xFFFFFFFF, extra_central=_zip64(1 << 60))])


def inflates_without_end(path: Path) -> Path:
    """200 kB that inflate to 200 MB and say that they are 1,000 bytes."""
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT[:-10] + b" " * (200 << 20), size=1000)])


def many_small_bombs(path: Path) -> Path:
    """Each below the size from which a single file's ratio counts; together 1.5 GB from 1.5 MB."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(bytes(15 << 20)) + packed.flush()
    out, directory = io.BytesIO(zipped(path, [("project.qde", _DOCUMENT)]).read_bytes()), b""
    whole = out.getvalue()
    start = whole.index(_RECORD)
    directory = whole[start : whole.rindex(_END)]
    out.seek(start)
    out.truncate()
    for number in range(100):
        name = f"sources/{number}.txt".encode()
        at = out.tell()
        fixed = (8, 0, 33, zlib.crc32(bytes(15 << 20)) if number == 0 else 0, len(body), 15 << 20, len(name))
        out.write(struct.pack("<4s5H3L2H", _LOCAL, 20, 0, *fixed, 0) + name + body)
        directory += struct.pack("<4s6H3L5H2L", _RECORD, 20, 20, 0, *fixed, 0, 0, 0, 0, 0, at) + name
    place = out.tell()
    out.write(directory + struct.pack("<4s4H2LH", _END, 0, 0, 101, 101, len(directory), place, 0))
    path.write_bytes(out.getvalue())
    return path


def text_of_many_sources(path: Path) -> Path:
    """One text of 16 MB that 5,000 sources name."""
    sources = "".join(
        f'<TextSource guid="cccccccc-0000-4000-8000-{n:012}" name="{n}" plainTextPath="internal://a.txt"/>'
        for n in range(100, 5100)
    )
    return zipped(path, [("project.qde", document(sources=sources)), ("sources/a.txt", b"I was heard. " * (1 << 20))])


def wrong_checksum(path: Path) -> Path:
    data = bytearray(zipped(path, [("project.qde", _DOCUMENT)], method=zipfile.ZIP_STORED).read_bytes())
    data[data.index(b"Feeling")] = ord("f")
    path.write_bytes(data)
    return path


def encrypted(path: Path) -> Path:
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT, flags=1)])


def strongly_encrypted(path: Path) -> Path:
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT, flags=0x41)])


def unknown_method(path: Path) -> Path:
    _repacked(path, 97)
    return path


def _repacked(path: Path, method: int, body: bytes = b"") -> None:
    data = bytearray(laid_by_hand(path, [Entry("project.qde", body or _DOCUMENT, method=0)]).read_bytes())
    for signature, at in ((_LOCAL, 8), (_RECORD, 10)):
        struct.pack_into("<H", data, data.index(signature) + at, method)
    path.write_bytes(data)


def large_dictionary(path: Path) -> Path:
    """LZMA that asks for a dictionary of 4 GB."""
    _repacked(path, 14, struct.pack("<BBHBL", 9, 4, 5, 0x5D, 0xFFFFFFFF) + b"\0" * 100)
    return path


def zip64(path: Path) -> Path:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("project.qde", "w", force_zip64=True) as m,
    ):
        m.write(_DOCUMENT)
    return path


def data_descriptors(path: Path) -> Path:
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT, descriptor=True), Entry("a.txt", TEXT, descriptor=True)])


def something_in_front(path: Path) -> Path:
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT)], prefix=b"#!/bin/sh\necho hello\nexit\n" * 100)


def a_picture_in_front(path: Path) -> Path:
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT)], prefix=b"\x89PNG\r\n\x1a\n" + bytes(1000))


def a_project_in_front(path: Path) -> Path:
    other = zipped(path, [("project.qde", _DOCUMENT.replace(b"Feeling heard", b"Something else"))]).read_bytes()
    return laid_by_hand(path, [Entry("project.qde", _DOCUMENT)], prefix=other)


def second_end_in_the_comment(path: Path) -> Path:
    """Programs that look for the end from the front and those that look from the back see different archives."""
    inner = zipped(path, [("project.qde", _DOCUMENT.replace(b"Feeling heard", b"Something else"))]).read_bytes()
    return zipped(path, [("project.qde", _DOCUMENT)], comment=inner)


def names_that_differ(path: Path) -> Path:
    data = laid_by_hand(path, [Entry("project.qde", _DOCUMENT), Entry("sources/a.txt", TEXT)]).read_bytes()
    path.write_bytes(data.replace(b"sources/a.txt", b"sources/b.exe", 1))
    return path


ARCHIVES: dict[str, Maker] = {
    maker.__name__.replace("_", "-"): maker
    for maker in (
        nul_in_a_name, link, twice, equal_but_for_case, overlapping_whole, overlapping_quoted, million_members,
        million_members_said_one, exabyte, exabyte_document, inflates_without_end, many_small_bombs,
        text_of_many_sources, wrong_checksum, encrypted, strongly_encrypted, unknown_method, large_dictionary, zip64,
        data_descriptors, something_in_front, a_picture_in_front, a_project_in_front, second_end_in_the_comment,
        names_that_differ,
    )
} | {f"name-{kind}": _named(name) for kind, name in NAMES.items()}  # fmt: skip
