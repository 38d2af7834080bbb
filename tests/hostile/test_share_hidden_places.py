"""Names in places of files that nobody looks at: comments, instructions, pictures and other files inside documents."""

import io
import zipfile
from pathlib import Path

import pypdf
import pytest
from archives import zipped
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, StreamObject, TextStringObject
from small_project import SOURCE, document

from qdpx_compassion.teams.share import Shared, share_project
from qdpx_compassion.teams.share.names import Name

PERSON = "Annelies Vandenbroucke"
LISTED = [Name(PERSON, "P07"), Name("Иванова", "P08"), Name("鈴木", "P09")]


def shared(folder: Path, files: dict[str, bytes], kind: str = "TextSource", path: str = "richTextPath") -> Shared:
    name = next(iter(files))
    more = f'<{kind} guid="{SOURCE[:-1]}9" name="S 2" {path}="internal://{name}"/>'
    source = zipped(
        folder / "p.qdpx",
        [("project.qde", document(sources=more)), *((f"sources/{n}", d) for n, d in files.items())],
    )
    return share_project(source, folder / "s.qdpx", LISTED)


def member(folder: Path, name: str) -> bytes | None:
    with zipfile.ZipFile(folder / "s.qdpx") as archive:
        return archive.read(f"sources/{name}") if f"sources/{name}" in archive.namelist() else None


@pytest.mark.parametrize(
    "hidden",
    [
        f"<!--{PERSON}-->",
        f"\n  <!-- {PERSON} -->\n  ",
        f"\n<!-- a -->\n<!-- {PERSON} -->\n",
        f"<?note {PERSON}?>",
        f"\n  <?{PERSON.replace(' ', '_')} a?>\n",
        f"<?a x?>\n<!-- {PERSON} -->\n<?note by {PERSON}?>",
    ],
)
@pytest.mark.parametrize("before", ["<Project", "<Users>", "<Sources>", "</Sources>", "</Project>"])
def test_names_in_comments_and_instructions_are_replaced(hidden: str, before: str, tmp_path: Path) -> None:
    data = document().decode().replace(before, hidden + before)
    (tmp_path / "p.qde").write_text(data, encoding="utf-8")
    share_project(tmp_path / "p.qde", tmp_path / "s.qde", LISTED)
    new = (tmp_path / "s.qde").read_text(encoding="utf-8")
    assert "Annelies" not in new
    assert new.count("P07") == data.count(PERSON)
    assert new.count("<!--") == data.count("<!--")
    assert new.count("<?") == data.count("<?") - ("<?Annelies" in hidden)  # its name cannot be one with spaces


def word(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w:document xmlns:w='w'><w:p><w:t>a</w:t></w:p></w:document>")
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("word/media/image1.svg", f"<svg xmlns='s'><title>{PERSON}</title><text>a</text></svg>".encode()),
        ("word/media/image1.emf", b"\x01\0\0\0" + PERSON.encode("utf-16-le")),
        ("word/media/image1.tiff", b"II*\0" + PERSON.encode()),
        ("word/media/media1.mp4", b"\0\0\0\x20ftyp" + PERSON.encode()),
        ("word/afchunk.txt", PERSON.encode()),
        ("word/afchunk.rtf", rb"{\rtf1 " + PERSON.encode() + b"}"),
        ("word/embeddings/sheet.csv", PERSON.encode("utf-16")),
        ("word/settings.xml", f"<?x {PERSON}?><w:settings xmlns:w='w'>\n<!-- {PERSON} -->\n</w:settings>".encode()),
    ],
)
def test_names_in_parts_of_documents_are_replaced_or_the_document_is_left_out(
    name: str, data: bytes, tmp_path: Path
) -> None:
    result = shared(tmp_path, {"a.docx": word({name: data})})
    left = member(tmp_path, "a.docx")
    if left is None:
        assert [finding.code for finding in result.findings if finding.code == "share-left-out"]
        return
    with zipfile.ZipFile(io.BytesIO(left)) as archive:
        every = b"".join(archive.read(one) for one in archive.namelist())
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert "Annelies".encode(encoding) not in every
    assert b"P07" in every.replace(b"\0", b"")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f1\fcharset204 B;}}\f1 \'c8\'e2\'e0\'ed\'ee\'e2\'e0\f0  x}",
            b"P08",
        ),
        (rb"{\rtf1\ansi\ansicpg1251 \'c8\'e2\'e0\'ed\'ee\'e2\'e0 x}", b"P08"),
        (rb"{\rtf1\ansi\ansicpg932 \'97\'e9\'96\'d8 x}", b"P09"),
        (rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f2\fcharset128 C;}}{\f2 \'97\'e9\'96\'d8} x}", b"P09"),
        (rb"{\rtf1\ansi\deff3{\fonttbl{\f3\fcharset204 C;}}\'c8\'e2\'e0\'ed\'ee\'e2\'e0 x}", b"P08"),
        (rb"{\rtf1\ansi\uc2 \u-28108\'97\'e9\u26408\'96\'d8 x}", b"P09"),
    ],
)
def test_names_in_every_encoding_of_rich_text_are_replaced(text: bytes, left: bytes, tmp_path: Path) -> None:
    shared(tmp_path, {"a.rtf": text})
    new = member(tmp_path, "a.rtf")
    assert new is not None and left in new
    assert b"\\'c8" not in new and b"\\'97" not in new and b"\\u26408" not in new


def pdf(add: str) -> bytes:
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(100, 100)
    if add == "page metadata":
        stream = DecodedStreamObject()
        stream.set_data(f"<x>{PERSON}</x>".encode())
        page[NameObject("/Metadata")] = writer._add_object(stream)
    elif add == "attachment":
        writer.add_attachment("notes.txt", PERSON.encode())
    elif add == "name":
        page[NameObject(f"/{PERSON.replace(' ', '_')}")] = TextStringObject("x")
    elif add == "author":
        note = DictionaryObject(
            {NameObject("/Subtype"): NameObject("/Text"), NameObject("/T"): TextStringObject(PERSON)}
        )
        page[NameObject("/X")] = writer._add_object(note)
    elif add == "picture":
        stream = DecodedStreamObject()
        stream.set_data(b"\xff\xd8\xff\xe1\0\x1eExif\0\0" + PERSON.encode() + b"\xff\xd9")
        stream[NameObject("/Filter")] = NameObject("/DCTDecode")
        page[NameObject("/P")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("add", ["page metadata", "attachment", "name", "author", "picture"])
def test_names_hidden_in_pdfs_do_not_come_along(add: str, tmp_path: Path) -> None:
    shared(tmp_path, {"a.pdf": pdf(add)}, "PDFSource", "path")
    new = member(tmp_path, "a.pdf")
    if new is None:
        return
    assert b"Annelies" not in new
    for one in pypdf.PdfReader(io.BytesIO(new)).resolved_objects.values():
        assert "Annelies" not in str(one)
    reader = pypdf.PdfReader(io.BytesIO(new))
    for number in range(1, int(str(reader.trailer["/Size"]))):
        held = reader.get_object(number)
        assert b"Annelies" not in (held.get_data() if isinstance(held, StreamObject) else str(held).encode())
