"""Writing an archive again: another document, every other member as it lies."""

import random
import struct
import zipfile
from pathlib import Path

import pytest
from archives import DOCUMENT, TEXT, Entry, deflated_bytes, laid_by_hand, zipped

from qdpx_compassion.errors import InputError
from qdpx_compassion.files import rewriting
from qdpx_compassion.files.project_files import open_project_files
from qdpx_compassion.files.rewriting import Writable, rewrite

NEW = DOCUMENT.replace(b"/>", b' origin="new"/>') * 50
#: An extended time stamp as Info-ZIP writes it: three times in the local header, one in the directory.
STAMP_LOCAL = struct.pack("<2HB3L", 0x5455, 13, 3 | 4, 1709214330, 1709214331, 1709214332)
STAMP_CENTRAL = struct.pack("<2HBL", 0x5455, 5, 3 | 4, 1709214330)


def rewritten(source: Path, document: bytes = NEW) -> Path:
    target = source.parent / "out.qdpx"
    before = source.read_bytes() if source.is_file() else b""

    def write(file: Writable) -> None:
        for start in range(0, len(document), 1000):
            file.write(document[start : start + 1000])

    with open_project_files(source) as files:
        rewrite(files, target, write)
    if source.is_file():
        assert source.read_bytes() == before
    return target


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def records(path: Path) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(path) as archive:
        return [
            (i.orig_filename, i.date_time, i.compress_type, i.external_attr, i.comment, i.extra, i.create_system, i.CRC)
            for i in archive.infolist()
        ]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_every_other_member_is_copied_as_it_lies(method: int, tmp_path: Path) -> None:
    members = [("Sources/", b""), ("Sources/a.txt", TEXT), ("project.qde", DOCUMENT), ("sources/.root", b"")]
    source = zipped(tmp_path / "study.qdpx", [*members, ("Sources/ü.docx", TEXT * 3)], method=method, comment=b"said")
    target = rewritten(source)
    before, after = deflated_bytes(source), deflated_bytes(target)
    assert list(after) == list(before)
    assert {name: data for name, data in after.items() if name != "project.qde"} == {
        name: data for name, data in before.items() if name != "project.qde"
    }
    assert contents(target)["project.qde"] == NEW
    old, new = records(source), records(target)
    assert [record for record in new if record[0] != "project.qde"] == [r for r in old if r[0] != "project.qde"]
    with zipfile.ZipFile(target) as archive:
        assert archive.comment == b"said"


def test_the_documents_own_date_and_method_stay(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        source = zipped(tmp_path / "study.qdpx", [("project.qde", DOCUMENT)], method=method)
        assert records(rewritten(source))[0][:5] == records(source)[0][:5]


def test_deflate_of_another_level_is_not_done_again(tmp_path: Path) -> None:
    # best compression lies in the source, zipfile's own would give other bytes
    source = laid_by_hand(tmp_path / "study.qdpx", [Entry("project.qde", DOCUMENT), Entry("a.txt", TEXT * 500)])
    assert deflated_bytes(rewritten(source))["a.txt"] == deflated_bytes(source)["a.txt"]


def test_sizes_after_the_data_go_into_the_header(tmp_path: Path) -> None:
    entries = [Entry("project.qde", DOCUMENT, descriptor=True), Entry("a.txt", TEXT, descriptor=True)]
    source = laid_by_hand(tmp_path / "study.qdpx", entries)
    target = rewritten(source)
    assert contents(target) == {"project.qde": NEW, "a.txt": TEXT}
    assert deflated_bytes(target)["a.txt"] == deflated_bytes(source)["a.txt"]
    with zipfile.ZipFile(target) as archive:
        assert archive.getinfo("a.txt").flag_bits & 0x08 == 0


def test_bytes_before_the_archive_are_left_behind(tmp_path: Path) -> None:
    entries = [Entry("project.qde", DOCUMENT), Entry("a.txt", TEXT)]
    target = rewritten(laid_by_hand(tmp_path / "study.qdpx", entries, prefix=b"#!/bin/sh\n" * 99))
    assert target.read_bytes().startswith(b"PK\x03\x04")
    assert contents(target)["a.txt"] == TEXT


@pytest.mark.parametrize(
    ("name", "flags"), [("Sources\\é.txt".encode("cp437"), 0), ("Sources/🙂.txt".encode(), 0x800), (b"\xff\xfe", 0)]
)
def test_names_keep_their_bytes(name: bytes, flags: int, tmp_path: Path) -> None:
    entries = [Entry("project.qde", DOCUMENT), Entry("", TEXT, name_bytes=name, flags=flags)]
    target = rewritten(laid_by_hand(tmp_path / "study.qdpx", entries))
    assert target.read_bytes().count(name) == 2
    assert records(target)[1] == records(tmp_path / "study.qdpx")[1]


def test_members_of_one_name_are_all_kept(tmp_path: Path) -> None:
    entries = [Entry("a.txt", b"first"), Entry("project.qde", DOCUMENT), Entry("a.txt", b"second")]
    target = rewritten(laid_by_hand(tmp_path / "study.qdpx", entries))
    with zipfile.ZipFile(target) as archive:
        assert [archive.read(info) for info in archive.infolist()] == [b"first", NEW, b"second"]


def test_of_two_documents_of_one_name_the_one_that_was_read_is_replaced(tmp_path: Path) -> None:
    entries = [Entry("project.qde", DOCUMENT), Entry("project.qde", b"<old/>")]
    target = rewritten(laid_by_hand(tmp_path / "study.qdpx", entries))
    with zipfile.ZipFile(target) as archive:
        assert [archive.read(info) for info in archive.infolist()] == [NEW, b"<old/>"]


def test_time_stamps_of_either_header_stay_where_they_were(tmp_path: Path) -> None:
    entries = [
        Entry("project.qde", DOCUMENT),
        Entry("a.txt", TEXT, extra_local=STAMP_LOCAL, extra_central=STAMP_CENTRAL),
    ]
    target = rewritten(laid_by_hand(tmp_path / "study.qdpx", entries))
    data = target.read_bytes()
    assert data.count(STAMP_LOCAL) == 1
    assert data.count(STAMP_CENTRAL) == 1
    assert data.index(STAMP_LOCAL) < data.index(STAMP_CENTRAL)
    assert contents(target)["a.txt"] == TEXT


def test_zip64_members_are_copied(tmp_path: Path) -> None:
    source = tmp_path / "study.qdpx"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("project.qde", DOCUMENT), ("a.txt", TEXT), ("b.txt", b"")):
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    target = rewritten(source)
    assert contents(target) == {"project.qde": NEW, "a.txt": TEXT, "b.txt": b""}
    assert deflated_bytes(target)["a.txt"] == deflated_bytes(source)["a.txt"]


def test_members_above_the_zip64_limit_get_zip64_headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # the limit is lowered: two gigabytes would take too long here
    source = zipped(tmp_path / "study.qdpx", [("project.qde", DOCUMENT), ("a.bin", TEXT * 100)])
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 500)
    target = rewritten(source, DOCUMENT)
    monkeypatch.undo()
    with zipfile.ZipFile(target) as archive:
        assert archive.getinfo("a.bin").extract_version == 45
    assert contents(target) == {"project.qde": DOCUMENT, "a.bin": TEXT * 100}


def test_more_than_65535_members(tmp_path: Path) -> None:
    source = zipped(tmp_path / "study.qdpx", [("project.qde", DOCUMENT), *((f"s/{n}", b"") for n in range(65_600))])
    with zipfile.ZipFile(rewritten(source)) as archive:
        assert len(archive.infolist()) == 65_601


def test_large_members_are_copied_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = zipped(tmp_path / "study.qdpx", [("project.qde", DOCUMENT), ("a.txt", TEXT * 50)], method=0)
    monkeypatch.setattr(rewriting, "CHUNK", 7)
    assert contents(rewritten(source))["a.txt"] == TEXT * 50


def test_a_directory_that_points_nowhere_is_told(tmp_path: Path) -> None:
    source = zipped(tmp_path / "study.qdpx", [("project.qde", DOCUMENT), ("a.txt", TEXT)])
    data = bytearray(source.read_bytes())
    data[data.rindex(b"PK\x03\x04")] = 0
    source.write_bytes(data)
    with pytest.raises(InputError, match="points to no file"):
        rewritten(source)


def test_a_folder_becomes_an_archive_with_the_document_first(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    (folder / "Sources").mkdir(parents=True)
    (folder / "Sources" / "a.txt").write_bytes(TEXT)
    (folder / "zz.qde").write_bytes(DOCUMENT)
    target = rewritten(folder)
    assert contents(target) == {"zz.qde": NEW, "Sources/a.txt": TEXT}
    assert list(contents(target)) == ["zz.qde", "Sources/a.txt"]
    first = target.read_bytes()
    assert rewritten(folder).read_bytes() == first  # no clock in it


def test_a_bare_document_stays_bare(tmp_path: Path) -> None:
    source = tmp_path / "study.qde"
    source.write_bytes(DOCUMENT)
    assert rewritten(source).read_bytes() == NEW


def test_the_samples_are_copied_as_they_lie(tmp_path: Path) -> None:
    samples = sorted((Path(__file__).resolve().parents[3] / "sample_projects").glob("*/*.qdpx"))
    assert samples
    for sample in samples:
        source = tmp_path / "study.qdpx"
        source.write_bytes(sample.read_bytes())
        before, after = deflated_bytes(source), deflated_bytes(rewritten(source))
        assert list(before) == list(after)
        assert [name for name in before if before[name] != after[name]] == ["project.qde"]


def test_media_too_large_for_one_copy_arrive_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qdpx_compassion.files.rewriting._AT_ONCE", 300_000)
    media = random.Random(3).randbytes(2_500_000)
    path, target = tmp_path / "media.qdpx", tmp_path / "copy.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", "<Project/>")
        archive.writestr("sources/a.mp4", media)
        archive.writestr("sources/b.txt", "behind it")

    def document(file: Writable) -> None:
        file.write(b"<Project name='new'/>")

    with open_project_files(path) as files:
        rewrite(files, target, document)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        assert archive.read("sources/a.mp4") == media
        assert archive.read("sources/b.txt") == b"behind it"
