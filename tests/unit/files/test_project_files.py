"""Opening projects: archives, folders and bare documents, the odd ones and those that are none."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from archives import DOCUMENT, TEXT, Entry, laid_by_hand, zipped

from qdpx_compassion.errors import InputError
from qdpx_compassion.files.limits import Limits
from qdpx_compassion.files.project_files import ArchiveFiles, DocumentFiles, FolderFiles, open_project_files

MEMBERS = [("project.qde", DOCUMENT), ("Sources/a.txt", TEXT)]


def names(path: Path) -> list[str]:
    with open_project_files(path) as files:
        return [member.name for member in files.members]


def document_name(path: Path) -> str:
    with open_project_files(path) as files:
        return files.document.name


def found(path: Path) -> list[str]:
    with open_project_files(path) as files:
        return [finding.code for finding in files.findings]


def contents(path: Path, limits: Limits | None = None) -> dict[str, bytes]:
    with open_project_files(path, limits or Limits()) as files:
        return {member.name: files.read(member) for member in files.members}


def refused(path: Path, limits: Limits | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        contents(path, limits)
    assert caught.value.where and caught.value.remedy
    return caught.value


# -- what can be opened ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_is_read_however_its_files_are_packed(method: int, tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", MEMBERS, method=method)
    assert contents(path) == dict(MEMBERS)
    assert found(path) == []


def test_the_extension_does_not_matter(tmp_path: Path) -> None:
    assert names(zipped(tmp_path / "study.zip", MEMBERS)) == ["project.qde", "Sources/a.txt"]
    assert names(zipped(tmp_path / "study", MEMBERS)) == ["project.qde", "Sources/a.txt"]


def test_a_folder_is_read_as_an_archive_would_be(tmp_path: Path) -> None:
    for name, data in [*MEMBERS, ("Sources/more/b.txt", b"b")]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    with open_project_files(tmp_path) as files:
        assert isinstance(files, FolderFiles)
        assert {member.name for member in files.members} == {"project.qde", "Sources/a.txt", "Sources/more/b.txt"}
        assert files.read(files.document) == DOCUMENT


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "project.qde").write_bytes(DOCUMENT)
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.txt").write_bytes(b"secret")
    try:
        (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
        (folder / "sources").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert names(folder) == ["project.qde"]


def test_a_bare_document_finds_the_sources_beside_it_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "study.qde").write_bytes(DOCUMENT)
    (tmp_path / "Sources").mkdir()
    (tmp_path / "Sources" / "a.txt").write_bytes(TEXT)
    (tmp_path / "private.txt").write_bytes(b"private")
    with open_project_files(tmp_path / "study.qde") as files:
        assert isinstance(files, DocumentFiles)
        assert [member.name for member in files.members] == ["study.qde", "Sources/a.txt"]


@pytest.mark.parametrize(
    "document",
    [
        DOCUMENT,
        b"\xef\xbb\xbf" + DOCUMENT,
        DOCUMENT.decode().replace("utf-8", "utf-16").encode("utf-16"),
        b"\r\n  " + DOCUMENT[DOCUMENT.index(b"<Project") :],
    ],
)
def test_a_document_is_known_by_its_first_characters(document: bytes, tmp_path: Path) -> None:
    (tmp_path / "anything.dat").write_bytes(document)
    assert document_name(tmp_path / "anything.dat") == "anything.dat"


def test_bytes_before_the_archive_do_not_matter(tmp_path: Path) -> None:
    path = laid_by_hand(tmp_path / "study.qdpx", [Entry(*member) for member in MEMBERS], prefix=b"#!/bin/sh\nexit\n")
    assert contents(path) == dict(MEMBERS)


def test_sizes_after_the_data_are_understood(tmp_path: Path) -> None:
    entries = [Entry(*member, descriptor=True) for member in MEMBERS]
    assert contents(laid_by_hand(tmp_path / "study.qdpx", entries)) == dict(MEMBERS)


def test_zip64_is_understood(tmp_path: Path) -> None:
    path = tmp_path / "study.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in MEMBERS:
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(data)
    assert contents(path) == dict(MEMBERS)


def test_names_that_are_not_utf8_and_backslashes_are_understood(tmp_path: Path) -> None:
    entries = [Entry(*MEMBERS[0]), Entry("", TEXT, name_bytes="Sources\\é.txt".encode("cp437"))]
    path = laid_by_hand(tmp_path / "study.qdpx", entries)
    assert names(path) == ["project.qde", "Sources/é.txt"]
    assert contents(path)["Sources/é.txt"] == TEXT


def test_folders_in_an_archive_are_no_files(tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", [("Sources/", b""), *MEMBERS])
    assert names(path) == ["project.qde", "Sources/a.txt"]


# -- which document ----------------------------------------------------------------------------------------------------


def test_the_document_may_have_another_name(tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", [("My Study.qde", DOCUMENT), ("sources/a.txt", TEXT)])
    assert document_name(path) == "My Study.qde"
    assert found(path) == ["qde-name"]


def test_the_letter_case_of_the_document_is_told(tmp_path: Path) -> None:
    assert found(zipped(tmp_path / "study.qdpx", [("Project.QDE", DOCUMENT)])) == ["qde-name"]


def test_a_project_one_folder_too_deep_is_found(tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", [(f"study/{name}", data) for name, data in MEMBERS])
    with open_project_files(path) as files:
        assert files.root == "study/"
        assert [finding.code for finding in files.findings] == ["qde-nested"]


def test_what_macos_adds_is_no_document(tmp_path: Path) -> None:
    clutter = [("__MACOSX/._project.qde", b"\x00\x05\x16\x07"), ("._project.qde", b"\x00\x05")]
    path = zipped(tmp_path / "study.qdpx", [*clutter, *MEMBERS])
    assert document_name(path) == "project.qde"


def test_of_several_documents_the_standards_name_counts(tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", [("backup.qde", b"<old/>"), *MEMBERS])
    assert document_name(path) == "project.qde"


def test_two_documents_without_the_standards_name_are_refused(tmp_path: Path) -> None:
    error = refused(zipped(tmp_path / "study.qdpx", [("a.qde", DOCUMENT), ("b.qde", DOCUMENT)]))
    assert "a.qde, b.qde" in error.what


def test_of_two_members_of_one_name_the_first_counts(tmp_path: Path) -> None:
    entries = [Entry(*MEMBERS[0]), Entry("a.txt", b"first"), Entry("a.txt", b"second")]
    path = laid_by_hand(tmp_path / "study.qdpx", entries)
    with open_project_files(path) as files:
        assert [finding.code for finding in files.findings] == ["file-twice"]
        first = next(member for member in files.members if member.name == "a.txt")
        assert files.read(first) == b"first"


# -- what is no project ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"\n<html lang='en'>", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office file"),
        (b"SQLite format 3\x00", "database"),
        (b"Rar!\x1a\x07\x01\x00", "not a zip"),
        (b"7z\xbc\xaf\x27\x1c", "not a zip"),
        (b"%PDF-1.7", "PDF"),
        (b"Interviewer: How are you?", "neither"),
        (b"PK\x03\x04\x14\x00", "damaged"),
    ],
)
def test_a_file_that_is_no_project_says_what_it_is(head: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "study.qdpx"
    path.write_bytes(head)
    assert said in refused(path).what


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (["[Content_Types].xml", "word/document.xml"], "Word document"),
        (["[Content_Types].xml", "xl/workbook.xml"], "Excel workbook"),
        (["[Content_Types].xml", "ppt/presentation.xml"], "Office file"),
        (["study.qdpx"], "another archive: study.qdpx"),
        (["a.txt", "b.txt"], "It holds: a.txt, b.txt"),
        ([], "nothing"),
    ],
)
def test_an_archive_that_is_no_project_says_what_it_holds(members: list[str], said: str, tmp_path: Path) -> None:
    assert said in refused(zipped(tmp_path / "study.qdpx", [(name, b"x") for name in members])).what


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("a.nvp", "NVivo"),
        ("a.NVPX", "NVivo"),
        ("a.atlproj23", "ATLAS.ti"),
        ("a.mx24", "MAXQDA"),
        ("a.qda", "QualCoder"),
    ],
)
def test_a_programs_own_project_says_how_to_export(name: str, program: str, tmp_path: Path) -> None:
    path = zipped(tmp_path / name, [("data.bin", b"x")])
    error = refused(path)
    assert program in error.what
    assert "Export" in error.remedy


def test_a_missing_file_and_an_empty_folder_are_told(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "gone.qdpx").what
    assert refused(tmp_path).what == "The folder is empty."
    (tmp_path / "letter.txt").touch()
    assert refused(tmp_path).what == "The folder holds no project document (.qde). It holds: letter.txt."


def test_a_name_that_is_too_long_for_the_system_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        open_project_files(tmp_path / ("n" * 5000))


def test_truncation_at_any_byte_is_an_error_in_words(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "study.qdpx", MEMBERS).read_bytes()
    path = tmp_path / "cut.qdpx"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        refused(path)


def test_a_changed_byte_anywhere_is_an_error_in_words_or_harmless(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "study.qdpx", MEMBERS).read_bytes()
    path = tmp_path / "changed.qdpx"
    for place in range(len(whole)):
        for change in (0x00, 0xFF, whole[place] ^ 0x01):
            path.write_bytes(whole[:place] + bytes([change]) + whole[place + 1 :])
            try:
                contents(path)
            except InputError as error:
                assert error.what


# -- what was made to do harm ------------------------------------------------------------------------------------------


def test_an_encrypted_archive_says_so(tmp_path: Path) -> None:
    path = laid_by_hand(tmp_path / "study.qdpx", [Entry("project.qde", DOCUMENT, flags=1)])
    assert "password" in refused(path).what


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    entries = [Entry("project.qde", DOCUMENT), Entry("a.txt", TEXT, offset=0)]
    assert "overlap" in refused(laid_by_hand(tmp_path / "study.qdpx", entries)).what


def test_members_outside_of_the_archive_are_refused(tmp_path: Path) -> None:
    entries = [Entry("project.qde", DOCUMENT), Entry("a.txt", TEXT, offset=10**6)]
    assert "outside" in refused(laid_by_hand(tmp_path / "study.qdpx", entries)).what


@pytest.mark.parametrize("stated", [10, 10**6])
def test_a_member_that_lies_about_its_size_is_refused(stated: int, tmp_path: Path) -> None:
    path = laid_by_hand(tmp_path / "study.qdpx", [Entry("project.qde", DOCUMENT * 100, size=stated)])
    assert "damaged" in refused(path).what


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", [("project.qde", b" " * (17 << 20))])
    assert "inflates to" in refused(path).what


def test_limits_can_be_raised_and_lowered(tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", [("project.qde", b" " * (17 << 20))])
    with open_project_files(path, Limits(ratio=2000)) as files:
        assert sum(map(len, files.chunks(files.document))) == 17 << 20
    small = zipped(tmp_path / "small.qdpx", MEMBERS)
    assert "more than it may" in refused(small, Limits(text_bytes=100)).what
    assert "at most 1 are read" in refused(small, Limits(members=1)).what
    assert contents(small, Limits(members=2)) == dict(MEMBERS)


def test_the_number_of_files_is_read_before_the_directory_is(tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", MEMBERS)
    data = bytearray(path.read_bytes())
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<H", data, end + 10, 65_000)
    path.write_bytes(data)
    assert "65,000 files" in refused(path, Limits(members=1000)).what


def test_a_zip64_number_of_files_counts_too(tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", MEMBERS)
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<2L", data, end + 12)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 10**9, 10**9, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    path.write_bytes(data[:end] + record + locator + data[end:])
    assert "1,000,000,000 files" in refused(path).what


def test_too_many_files_in_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "project.qde").write_bytes(DOCUMENT)
    for number in range(5):
        (tmp_path / f"{number}.txt").write_bytes(b"x")
    assert "at most 3" in refused(tmp_path, Limits(members=3)).what


def test_a_damaged_member_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "study.qdpx", MEMBERS, method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(b"heard")] ^= 1
    path.write_bytes(data)
    error = refused(path)
    assert "damaged" in error.what
    assert "Sources/a.txt" in error.where


def test_deflated_rubbish_is_an_error_in_words(tmp_path: Path) -> None:
    packed = b"\xff" * 50
    path = laid_by_hand(tmp_path / "study.qdpx", [Entry("project.qde", packed, method=0)])
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.index(signature) + at, zipfile.ZIP_DEFLATED)
    path.write_bytes(data)
    assert "damaged" in refused(path).what


def test_reading_tells_its_progress(tmp_path: Path) -> None:
    told: list[int] = []
    path = zipped(tmp_path / "study.qdpx", MEMBERS)
    with open_project_files(path, progress=told.append) as files:
        for member in files.members:
            files.read(member)
    assert sum(told) == len(DOCUMENT)


def test_an_archive_is_closed_when_it_is_refused(tmp_path: Path) -> None:
    # an open file would be a ResourceWarning, and on Windows a file that cannot be deleted
    path = zipped(tmp_path / "study.qdpx", [("a.txt", b"x")])
    refused(path)
    path.unlink()
    kept = zipped(tmp_path / "study.qdpx", MEMBERS)
    with open_project_files(kept) as files:
        assert isinstance(files, ArchiveFiles)
    kept.unlink()


def test_a_cut_off_archive_is_not_taken_for_the_word_document_inside_it(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as word:
        word.writestr("[Content_Types].xml", "<x/>")
        word.writestr("word/document.xml", "<w/>")
    path = tmp_path / "cut.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("sources/a.docx", inner.getvalue())
        archive.writestr("project.qde", "<Project/>")
    path.write_bytes(path.read_bytes().partition(b"project.qde")[0])
    with pytest.raises(InputError, match="its end is missing"), open_project_files(path):
        pass
