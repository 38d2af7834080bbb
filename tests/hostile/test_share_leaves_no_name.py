"""A shared project is searched for every name, in every member, part and property of it."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import REAL, VALUES_STUDY
from named_project import AUTHOR, CODER, NAMES, PERSON, named_project

from qdpx_compassion import api
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.validation import schema_findings
from qdpx_compassion.teams.share import Shared, share_project
from qdpx_compassion.teams.share.names import Name
from qdpx_compassion.teams.share.reading_names import read_names


def parts(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every name and content of an archive and of the archives in it."""
    with zipfile.ZipFile(path) as archive:
        yield "comment", archive.comment
        for info in archive.infolist():
            data = archive.read(info)
            yield info.filename, data + info.extra + info.comment
            if data.startswith(b"PK\x03\x04"):
                with zipfile.ZipFile(io.BytesIO(data)) as inner:
                    for name in inner.namelist():
                        yield f"{info.filename}!{name}", inner.read(name)


def readings(name: str, data: bytes) -> Iterator[str]:
    yield name
    for encoding in ("utf-8", "cp1252", "utf-16-le", "utf-16-be"):
        text = data.decode(encoding, "ignore")
        yield text
        yield re.sub(r"<[^>]*>|\{|\}|\\[a-z]+-?\d* ?", "", text)


def found(path: Path, *names: str) -> list[str]:
    """Where names are left, in any letter case and however markup cuts them."""
    words = [re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name)) for name in names]
    every = "|".join(r"[\W_]{1,4}".join(one) for one in words)
    pattern = re.compile(rf"(?<![^\W_])(?:{every})(?![^\W_])", re.IGNORECASE)
    left = []
    for part, data in parts(path):
        for text in readings(part, data):
            hit = pattern.search(unicodedata.normalize("NFC", text))
            if hit:
                left.append(f"{part}: {text[max(0, hit.start() - 30) : hit.end() + 30]!r}")
    return left


def shared(folder: Path) -> tuple[Path, Shared]:
    source, target = named_project(folder / "p.qdpx"), folder / "s.qdpx"
    names = [Name(PERSON, "P07"), Name(CODER, "Coder A")]
    return target, share_project(source, target, names)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stands_nowhere_in_the_shared_project(name: str, tmp_path: Path) -> None:
    assert found(tmp_path / shared(tmp_path)[0], name) == []


def test_the_project_from_which_it_comes_has_them_all(tmp_path: Path) -> None:
    source = named_project(tmp_path / "p.qdpx")
    assert all(found(source, name) for name in NAMES)


def test_what_is_shared_is_valid_and_names_its_files(tmp_path: Path) -> None:
    target, result = shared(tmp_path)
    with zipfile.ZipFile(target) as archive:
        assert schema_findings(archive.read("project.qde")) == []
        assert "Sources/P07.txt" in archive.namelist()
    project = read_project(target)
    codes = {finding.code for finding in project.findings}
    assert not codes & {"file-missing", "file-stray"}
    quotations = list(project.column("selections", "quotation"))
    assert quotations == ["P07"]
    left_out = [finding.message.split(" ")[0] for finding in result.findings if finding.code == "share-left-out"]
    assert left_out == ["Sources/g.pdf", "Sources/h.m4a", "Sources/stray.bin"]


def test_texts_keep_their_encoding_mark_and_line_ends(tmp_path: Path) -> None:
    target, _ = shared(tmp_path)
    text = "🙂 I am P07.\r\nP07’s week was hard, said Coder A.\r\nThe Annelieses stay.\r\n"
    with zipfile.ZipFile(target) as archive:
        assert archive.read("Sources/P07.txt") == b"\xef\xbb\xbf" + text.encode()
        assert archive.read("Sources/b.txt") == b"\xff\xfe" + text.encode("utf-16-le")
        assert archive.read("Sources/c.txt") == text.replace("🙂", "-").encode("cp1252")


def test_documents_keep_their_words_and_form(tmp_path: Path) -> None:
    target, result = shared(tmp_path)
    with zipfile.ZipFile(target) as archive:
        with zipfile.ZipFile(io.BytesIO(archive.read("Sources/P07.docx"))) as word:
            document = word.read("word/document.xml").decode()
            assert "docProps/thumbnail.jpeg" not in word.namelist()
            assert "thumbnail" not in word.read("_rels/.rels").decode()
            assert "<w:rsids>" not in word.read("word/settings.xml").decode()
        assert "I am P07</w:t>" in document and ">, &amp; so on.</w:t>" in document
        assert "rsid" not in document and 'w:author="Author 1"' in document and "<w:b/>" in document
        rtf, html = archive.read("Sources/b.rtf").decode(), archive.read("Sources/c.html").decode()
        assert r"I am P07{\b }" in rtf and "Coder A.\\par Coder A\\par" in rtf and "info" not in rtf
        assert "<title>P07</title>" in html and 'title="P07"' in html and "I am P07<b></b>, Coder A</p>" in html
        picture = archive.read("Sources/d.jpg")
    assert picture.endswith(b"\xff\xd9") and picture.count(b"Exif") == 1  # it is still turned the right way
    assert [name.pseudonym for name in result.names if name.name == AUTHOR] == ["Author 1"]


def test_words_near_a_name_are_listed_and_stay(tmp_path: Path) -> None:
    _, result = shared(tmp_path)
    assert {"Annelieses"} <= set(result.ledger.near)
    assert result.ledger.near["Annelieses"].places


@pytest.mark.parametrize(
    "source",
    [
        VALUES_STUDY,
        VALUES_STUDY.with_name("values-study-nvivo.qdpx"),
        REAL / "nvivo-mac-20.5-zenodo-5703624.qdpx",
    ],
    ids=lambda path: path.stem,
)
def test_the_list_that_is_proposed_is_enough_for_the_names_in_it(source: Path, tmp_path: Path) -> None:
    if not source.exists():
        pytest.skip("real exports are not beside the checkout (../shared/real)")
    names, target = tmp_path / "names.xlsx", tmp_path / "s.qdpx"
    api.propose_names(source, names)
    result = api.share(source, target, names)
    replaced = [name for name in read_names(names)[0] if name.replaced]
    assert replaced
    assert found(target, *(name.name for name in replaced)) == []
    assert result.names
