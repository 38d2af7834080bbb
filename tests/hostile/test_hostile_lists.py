"""Files that are given, or lie, beside a project: lists of names, tables, texts and what a folder holds."""

import json
import os
import zipfile
from pathlib import Path

import pytest
from command_line import FIRST_STEPS, run

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.packages import read_package
from qdpx_compassion.formats.qualcoder.identities import FILE, Identities

CANARY = "canary of another folder"


def _said(text: str) -> str:
    return " ".join(text.split())


def test_a_list_of_names_has_a_limit(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("name,pseudonym\n" + "Anna,P01\n" * 300_000, encoding="utf-8")
    ran = run("share", FIRST_STEPS, "--names", names, "-o", tmp_path / "s.qdpx", "--limit", "text_bytes=1M")
    assert ran.code == 1
    assert "names.csv" in ran.message
    assert "--limit text_bytes=" in ran.message
    assert [path.name for path in tmp_path.iterdir()] == ["names.csv"]


def test_mappings_in_which_nobody_decided_anything_are_compared(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.csv"
    mapping.write_text("code,construct,mark\nOpenness,acting-to-alleviate,\n", encoding="utf-8")
    ran = run("mapping", "compare", mapping, mapping, "--json")
    assert ran.code == 0, ran.err
    assert "undefined: no code was decided by both" in ran.out


@pytest.mark.parametrize("name", ["study.json", "study.jsonld"])
def test_tables_in_json_have_a_limit(name: str, tmp_path: Path) -> None:
    assert run("convert", FIRST_STEPS, tmp_path / name).code == 0
    ran = run("convert", tmp_path / name, tmp_path / "new.qdpx", "--limit", "document_bytes=1K")
    assert ran.code == 1
    assert "--limit document_bytes=" in ran.message


def test_a_document_inside_a_project_asks_for_no_large_dictionary(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/document.xml", b"<x/>" * 100)
    data = bytearray(path.read_bytes())
    at = data.index(b"word/document.xml") + len(b"word/document.xml")
    assert read_package(bytes(data), "letter.docx")
    data[at + 5 : at + 9] = b"\xff" * 4
    with pytest.raises(InputError, match="unpacking it takes 4,294,967,295 bytes of memory") as caught:
        read_package(bytes(data), "letter.docx")
    assert caught.value.where == "letter.docx, word/document.xml"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes are a matter of POSIX")
@pytest.mark.parametrize("kind", ["pipe", "endless"])
def test_a_pipe_or_device_in_a_folder_of_qualcoder_is_not_read(kind: str, tmp_path: Path) -> None:
    if kind == "pipe":
        os.mkfifo(tmp_path / FILE)
    else:
        (tmp_path / FILE).symlink_to("/dev/zero")
    assert Identities.read(tmp_path, "p").lines == {}


@pytest.mark.parametrize("kind", ["link", "pipe", "other"])
def test_annotations_take_no_text_from_elsewhere(kind: str, tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "secret.txt").write_text(CANARY, encoding="utf-8")
    name = "interview.txt" if kind != "other" else "..\\secret.txt"
    if kind == "link":
        _link(tmp_path / "given" / name, tmp_path / "secret.txt")
    if kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("pipes are a matter of POSIX")
        os.mkfifo(tmp_path / "given" / name)
    annotation = {
        "@context": "http://www.w3.org/ns/anno.jsonld", "id": "a1", "type": "Annotation",
        "body": {"type": "TextualBody", "purpose": "tagging", "value": "Openness"},
        "target": {"source": name, "selector": {"type": "TextQuoteSelector", "exact": "of another"}},
    }  # fmt: skip
    (tmp_path / "given" / "notes.jsonld").write_text(json.dumps([annotation]), encoding="utf-8")
    ran = run("convert", tmp_path / "given" / "notes.jsonld", tmp_path / "out.json")
    assert ran.code == 0, ran.err
    written = [
        path.read_text(encoding="utf-8") for path in (tmp_path).rglob("*") if path.is_file() and "out" in path.name
    ]
    assert "of another" in written[0]
    assert all(CANARY not in text for text in written)


@pytest.mark.parametrize("kind", ["file", "link", "pipe"])
def test_segments_take_no_text_from_elsewhere(kind: str, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (tmp_path / "secret.txt").write_text(CANARY, encoding="utf-8")
    if kind == "file":
        (given / "interview.txt").write_text(CANARY, encoding="utf-8")
    elif kind == "link":
        _link(given / "interview.txt", tmp_path / "secret.txt")
    elif not hasattr(os, "mkfifo"):
        pytest.skip("pipes are a matter of POSIX")
    else:
        os.mkfifo(given / "interview.txt")
    rows = 'Document name,Code,Segment\ninterview,Openness,"of another"\n'
    (given / "segments.csv").write_text(rows, encoding="utf-8")
    ran = run("convert", given / "segments.csv", tmp_path / "out.json")
    assert ran.code == 0, ran.err
    texts = [
        path.read_text(encoding="utf-8")
        for path in tmp_path.rglob("*")
        if path.is_file() and "out" in str(path.relative_to(tmp_path))
    ]
    assert any(CANARY in text for text in texts) == (kind == "file")


def _link(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target)
    except OSError:
        pytest.skip("links cannot be made here")
