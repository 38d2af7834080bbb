"""New project documents: in the form that most programs accept, with the same quotations."""

import re
import zipfile
from pathlib import Path

import pytest
from archives import zipped
from documents import random_project
from format_cases import hard_content, random_content
from small_project import OPEN, coding, document, selection

from qdpx_compassion.errors import InputError, OutputError
from qdpx_compassion.files.stores import folder_output, open_store, zip_output
from qdpx_compassion.formats import Content, WriteOptions
from qdpx_compassion.formats.converting import convert
from qdpx_compassion.formats.registry import by_id
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.validation import schema_findings
from qdpx_compassion.teams import diff_projects

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ROOT / "sample_projects").glob("*/*.qdpx"))
REAL = sorted((ROOT.parent / "shared" / "real").glob("*.qd[pe]*"))
FORMS = {"qdpx": "new.qdpx", "qdpx-folder": "new", "qde": "new.qde"}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def lost(first: Path, second: Path) -> int:
    """How many elements of the first differ in the second, or are not there; nothing is new."""
    kinds = diff_projects(first, second).kinds
    assert not any(kind.new for kind in kinds)
    return sum(len(kind.changed) + len(kind.lost) for kind in kinds)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_the_same_projects_in_every_form(path: Path, form: str, tmp_path: Path) -> None:
    done = convert(path, tmp_path / FORMS[form], write_as=form)
    losses = {loss.kind: loss.count for loss in done.losses}
    assert list(losses) == (["files"] if form == "qde" else [])
    assert lost(path, tmp_path / FORMS[form]) == losses.get("files", 0)
    quotations = [list(read_project(one).column("selections", "quotation")) for one in (path, tmp_path / FORMS[form])]
    assert quotations[0] == quotations[1]


@pytest.mark.skipif(not REAL, reason="real exports are not beside the checkout (../shared/real)")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_exports_lose_only_what_is_said(path: Path, form: str, tmp_path: Path) -> None:
    done = convert(path, tmp_path / FORMS[form], write_as=form)
    said = {loss.kind: loss.count for loss in done.losses}
    assert set(said) <= {"files", "project.base_path"}
    assert lost(path, tmp_path / FORMS[form]) == sum(said.values())


@pytest.mark.parametrize("seed", range(6))
def test_random_projects_follow_the_schema_and_stay_the_same(seed: int, form: str, tmp_path: Path) -> None:
    source = tmp_path / "source.qde"
    source.write_bytes(random_project(seed, 2))
    done = convert(source, tmp_path / FORMS[form], write_as=form)
    assert {loss.kind for loss in done.losses} <= {"project.base_path", "variable_values.value_kind"}
    kinds = diff_projects(source, tmp_path / FORMS[form]).kinds
    counted = {"project": "project.base_path", "variable values": "variable_values.value_kind"}
    said = {loss.kind: loss.count for loss in done.losses}
    for kind in kinds:
        assert kind.losses == said.get(counted.get(kind.kind, ""), 0), kind
        assert not kind.new
    assert schema_findings(qde_of(tmp_path / FORMS[form])) == []


def qde_of(path: Path) -> bytes:
    if path.is_dir():
        return (path / "project.qde").read_bytes()
    if path.suffix == ".qde":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return archive.read("project.qde")


def test_an_archive_has_the_form_that_programs_accept(tmp_path: Path) -> None:
    convert(SAMPLES[-1], tmp_path / "new.qdpx")
    with zipfile.ZipFile(tmp_path / "new.qdpx") as archive:
        names = archive.namelist()
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_DEFLATED}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        text = archive.read("project.qde").decode("utf-8")
    assert names[0] == "project.qde"
    assert all(re.fullmatch(r"sources/[0-9a-fA-F-]{36}\.\w+", name) for name in names[1:])
    assert "\r" not in text.replace("&#13;", "")
    assert not text.startswith("\ufeff")
    assert set(re.findall(r"\w+Path=\"([a-z]+://)", text)) == {"internal://"}
    assert not re.search(r"<(Sets|Notes|Links|Graphs|Cases|Variables|Description)/>", text)


def test_what_a_document_must_not_say_is_left_out(tmp_path: Path) -> None:
    codes = f'<Code guid="{{{OPEN}}}" name="Openness"><Description/></Code>'
    source = document(selection(coding(1, code=f" {{{OPEN}}} ")), codes=codes)
    source = source.replace(b'name="p"', rb'name="p" basePath="C:\Users\anna\Documents"')
    (tmp_path / "source.qde").write_bytes(source)
    done = convert(tmp_path / "source.qde", tmp_path / "new.qde")
    text = qde_of(tmp_path / "new.qde").decode()
    assert [loss.kind for loss in done.losses] == ["project.base_path"]
    assert "anna" not in text
    assert "{" not in text
    assert "<Description" not in text
    assert 'name="Openness" isCodable="true"/>' in text
    assert read_project(tmp_path / "new.qde").rows["codings"][0][-1] == 0


@pytest.mark.parametrize("base", ["", "D:/Studies/2024", "/Volumes/Team/study", "media"])
def test_a_base_path_that_is_nobodys_own_folder_stays(base: str, tmp_path: Path) -> None:
    (tmp_path / "source.qde").write_bytes(document().replace(b'name="p"', f'name="p" basePath="{base}"'.encode()))
    done = convert(tmp_path / "source.qde", tmp_path / "new.qde")
    assert done.losses == []
    assert f'basePath="{base}"'.encode() in qde_of(tmp_path / "new.qde")


def test_texts_go_into_a_document_alone_with_their_line_ends_and_positions(tmp_path: Path) -> None:
    text = "\ufeffI felt 🙂 heard.\r\nAnd seen.\r\n"
    inner = selection(coding(1), start=18, end=26)
    source = document("", sources="").replace(
        b"<PlainTextContent>I felt heard and seen.</PlainTextContent>", inner.encode()
    )
    source = source.replace(b'name="Interview 1"', b'name="Interview 1" plainTextPath="internal://t.txt"')
    zipped(tmp_path / "source.qdpx", [("project.qde", source), ("Sources/t.txt", text.encode())])
    convert(tmp_path / "source.qdpx", tmp_path / "new.qde")
    before = list(read_project(tmp_path / "source.qdpx").column("selections", "quotation"))
    assert list(read_project(tmp_path / "new.qde").column("selections", "quotation")) == before == ["And seen"]


def test_characters_that_xml_cannot_hold_are_counted(tmp_path: Path) -> None:
    content = hard_content(tmp_path)
    losses = {loss.kind: loss.count for loss in by_id("qde").losses(content)}
    assert "characters" not in losses
    content.project.rows_to_change()["codes"][0][1] = "bell\x07 and \ufffe"
    assert {loss.kind: loss.count for loss in by_id("qde").losses(content)}["characters"] == 2


def test_writing_changes_nothing_of_what_was_read(tmp_path: Path) -> None:
    content, again = random_content(2, tmp_path), random_content(2, tmp_path)
    by_id("qdpx").write(content, tmp_path / "new.qdpx", WriteOptions())
    assert content.project.rows == again.project.rows


def test_a_file_that_two_sources_name_is_written_once(tmp_path: Path) -> None:
    content = hard_content(tmp_path)
    content.project.rows_to_change()["sources"][0][6] = "internal://0"
    content.project.rows_to_change()["sources"][1][6] = "relative://again"
    by_id("qdpx").write(content, tmp_path / "new.qdpx", WriteOptions())
    with zipfile.ZipFile(tmp_path / "new.qdpx") as archive:
        assert len(archive.namelist()) == 2


def test_an_input_that_breaks_off_leaves_no_output(form: str, tmp_path: Path) -> None:
    with by_id("qdpx").read(SAMPLES[0]) as content:
        path, file = next(iter(content.media.items()))

        def breaks() -> object:
            yield b"some"
            raise InputError("It breaks off.")

        broken = Content(content.project, {path: type(file)(file.name, 4, breaks)})  # type: ignore[arg-type]
        if form == "qde" and not file.name.endswith(".txt"):
            pytest.skip("only plain texts are read for a document alone")
        with pytest.raises(InputError):
            by_id(form).write(broken, tmp_path / FORMS[form], WriteOptions())
    assert list(tmp_path.iterdir()) == []


# -- folders and archives ----------------------------------------------------------------------------------------------


def test_a_folder_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with folder_output(target, ours=lambda _: True) as store:
        store.add_chunks("a.txt", [b"old"])
    with pytest.raises(ValueError, match="half way"), folder_output(target, force=True, ours=lambda _: True) as store:
        store.add_chunks("a.txt", [b"new"])
        raise ValueError("half way")
    assert (target / "a.txt").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with folder_output(target, force=True, ours=lambda _: True) as store:
        store.add_chunks("b/c.txt", [b"new"])
    assert [path.name for path in target.rglob("*")] == ["b", "c.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_may_be_written_into_and_a_file_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with folder_output(tmp_path / "empty", ours=lambda _: False) as store:
        store.add_chunks("a.txt", [b"x"])
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(OutputError, match="is a file"), folder_output(tmp_path / "file", ours=lambda _: True):
        pass
    with pytest.raises(OutputError, match="does not exist"), folder_output(tmp_path / "no" / "x", ours=lambda _: True):
        pass


def test_stores_are_opened_as_safely_as_projects(tmp_path: Path) -> None:
    with zip_output(tmp_path / "a.zip") as store:
        store.add_chunks("x.csv", [b"1", b"2"])
    with open_store(tmp_path / "a.zip") as files:
        assert [(member.name, files.read(member)) for member in files.members] == [("x.csv", b"12")]
    (tmp_path / "b.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:-30])
    for path in (tmp_path / "b.zip", tmp_path / "nothing"):
        with pytest.raises(InputError):
            open_store(path)
