"""Reading only what is before the sources, and the texts of sources one at a time."""

from pathlib import Path

import pytest
from archives import zipped
from documents import random_project

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.refi.reader import read_files, read_head, read_project
from qdpx_compassion.refi.texts import SourceTexts

A, B = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
HEAD = ("users", "codes", "variables", "cases", "case_members")


@pytest.mark.parametrize("seed", range(5))
def test_the_head_is_what_stands_before_the_sources(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "project.qde"
    path.write_bytes(random_project(seed, 2))
    whole = read_project(path, texts=False)
    with open_project_files(path) as files:
        head = read_head(files)
    assert head.rows["sources"] == []
    assert {name: head.rows[name] for name in HEAD} == {name: whole.rows[name] for name in HEAD}
    assert (head.dialect, head.name) == (whole.dialect, whole.name)


def test_cases_after_the_sources_are_part_of_the_head(tmp_path: Path) -> None:
    path = tmp_path / "project.qde"
    cases = f'<Cases><Case guid="{A}" name="P1"/></Cases>'
    path.write_text(f'<Project name="p"><Sources><TextSource guid="{B}"/></Sources>{cases}</Project>', encoding="utf-8")
    with open_project_files(path) as files:
        assert [row[1] for row in read_head(files).rows["cases"]] == ["P1"]


def test_a_broken_document_is_told_though_only_its_head_is_read(tmp_path: Path) -> None:
    path = tmp_path / "project.qde"
    path.write_text("<Project><Users>", encoding="utf-8")
    with open_project_files(path) as files, pytest.raises(InputError):
        read_head(files)


def test_texts_are_those_that_quotations_were_taken_from(tmp_path: Path) -> None:
    sources = "".join(
        f'<TextSource guid="{A}" plainTextPath="internal://{number}.txt"><PlainTextSelection guid="{B}" '
        'startPosition="2" endPosition="8"/></TextSource>'
        for number in range(8)
    )
    inline = f'<TextSource guid="{A}"><PlainTextContent>in the document</PlainTextContent></TextSource>'
    picture = f'<PictureSource guid="{A}"/>'
    gone = f'<TextSource guid="{A}" plainTextPath="internal://gone.txt"/>'
    document = f'<Project name="p" origin="NVivo 12"><Sources>{sources}{inline}{picture}{gone}</Sources></Project>'
    members = [("project.qde", document.encode())]
    members += [(f"Sources/{n}.txt", b"\xef\xbb\xbf" + f"🙂{n} felt\r\nheard.".encode()) for n in range(8)]
    with open_project_files(zipped(tmp_path / "study.qdpx", members)) as files:
        project = read_files(files)
        texts = SourceTexts(files, project)
        assert [texts(row) for row in range(8)] == [f"🙂{n} felt\r\nheard." for n in range(8)]
        assert [texts(8), texts(9), texts(10)] == ["in the document", None, None]
        assert texts(0) == "🙂0 felt\r\nheard."  # asked for again after others
        for selection in project.records("selections"):
            text = texts(selection["source_row"])
            assert text is not None
            assert text[selection["start_index"] : selection["end_index"]] == selection["quotation"]
            assert selection["quotation"] == f"{selection['source_row']} felt"
