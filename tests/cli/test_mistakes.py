"""The usual mistakes with files: what was given, what it is instead, and what to do."""

import os
import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, REAL, commands, run, run_process

from qdpx_compassion.cli.output import shown
from qdpx_compassion.errors import InputError

NVIVO = "Export a REFI-QDA project (.qdpx) from it in NVivo: Share, Export, Export Project (REFI-QDA)."
AGAIN = "Export or download it again."
GIVE = "Export a REFI-QDA project from your program and give that file."


def _excel() -> bytes:
    return _zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def _zip(files: dict[str, bytes]) -> bytes:
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _encrypted() -> bytes:
    """An archive whose members say that they are encrypted: bit 0 of the flags in both their headers."""
    data = bytearray(_zip({"project.qde": b"<Project/>"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + place
        struct.pack_into("<H", data, at, struct.unpack_from("<H", data, at)[0] | 1)
    return bytes(data)


MISTAKES = {
    "an Excel workbook": (
        "mapping.xlsx",
        _excel(),
        "This is an Excel workbook, not a project. "
        "Give the .qdpx that your program exported; a mapping workbook comes after the project.",
    ),
    "NVivo for Windows": (
        "a.nvp",
        b"\x00\x01",
        f"This is a project of NVivo for Windows, not a REFI-QDA project. {NVIVO}",
    ),
    "NVivo for Mac": ("a.nvpx", b"SQLite", f"This is a project of NVivo for Mac, not a REFI-QDA project. {NVIVO}"),
    "ATLAS.ti": (
        "a.atlproj",
        _zip({"x": b""}),
        "This is a project of ATLAS.ti, not a REFI-QDA project. "
        "Export a REFI-QDA project (.qdpx) from it in ATLAS.ti: File, Export, QDPX project.",
    ),
    "MAXQDA": (
        "a.mx24",
        b"SQLite format 3\x00",
        "This is a project of MAXQDA, not a REFI-QDA project. "
        "Export a REFI-QDA project (.qdpx) from it in MAXQDA: Reports or Import/Export, REFI-QDA Project, Export.",
    ),
    "QualCoder": (
        "a.qda",
        b"SQLite format 3\x00",
        "This is a project of QualCoder or QDA Miner, not a REFI-QDA project. "
        "Export a REFI-QDA project (.qdpx) from it in QDA Miner; convert a folder of QualCoder: "
        "qdpx-compassion convert FOLDER.qda study.qdpx",
    ),
    "a web page": (
        "study.qdpx",
        b"<!DOCTYPE html>\n<html><body>Log in</body></html>",
        "This is a web page, not a project. "
        "The download gave a page instead of the file (often a login page): download the file itself.",
    ),
    "a Git LFS pointer": (
        "study.qdpx",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n",
        "This is a Git LFS pointer, not the file itself. "
        "Fetch the file with 'git lfs pull', or download it from the repository's web page.",
    ),
    "a download that broke off": (
        "study.qdpx",
        FIRST_STEPS.read_bytes()[:9000],
        f"The archive is damaged: its end is missing, as after an interrupted download. {AGAIN}",
    ),
    "nothing": ("study.qdpx", b"", f"The file is empty. {AGAIN}"),
    "another archive": (
        "study.qdpx",
        _zip({"photo.jpg": b""}),
        "The archive holds no project document (.qde). It holds: photo.jpg. "
        "Export a REFI-QDA project (.qdpx) from your program and give that file.",
    ),
    "an archive in an archive": (
        "study.zip",
        _zip({"study.qdpx": b"PK"}),
        "The archive holds no project document (.qde), but another archive: study.qdpx. "
        "Unpack it and give the inner file.",
    ),
    "some text": (
        "study.txt",
        b"Interview 1",
        "This is a text, not a project. Give the whole project that your program exported (.qdpx), not a transcript.",
    ),
    "something else": (
        "study.dat",
        b"Interview 1",
        f"This is neither a REFI-QDA archive (.qdpx) nor a project document (.qde). {GIVE}",
    ),
    "a PDF": ("a.pdf", b"%PDF-1.7", "This is a PDF, not a project. Give the .qdpx that your program exported."),
    "a recording": (
        "a.m4a",
        b"\0\0\0\x20ftypM4A ",
        "This is a recording, not a project. Give the .qdpx that your program exported.",
    ),
    "a picture": (
        "a.png",
        b"\x89PNG\r\n\x1a\n",
        "This is a picture, not a project. Give the .qdpx that your program exported.",
    ),
    "a Word document": (
        "a.docx",
        _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}),
        "This is a Word document, not a project. "
        "Give the .qdpx that your program exported; a mapping workbook comes after the project.",
    ),
    "an OpenDocument file": (
        "a.odt",
        _zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
        "This is an OpenDocument file, not a project. Give the .qdpx that your program exported.",
    ),
    "QualCoder, zipped": (
        "study.zip",
        _zip({"data.qda": b"SQLite format 3\0"}),
        "This is a project of QualCoder, not a REFI-QDA project. "
        "Make one of it with: qdpx-compassion convert study.zip study.qdpx",
    ),
    "Taguette": (
        "a.sqlite3",
        b"SQLite format 3\0",
        "This is a database, not a REFI-QDA project. A database of Taguette, or of tables, is converted first: "
        "qdpx-compassion convert FILE study.qdpx. From any other program, export a REFI-QDA project (.qdpx).",
    ),
    "a mapping as a table": (
        "mapping.csv",
        b"code,construct,mark\n",
        "This is a table (CSV), not a project. A mapping comes after the project; tables of a project are converted "
        "first: qdpx-compassion convert FOLDER study.qdpx",
    ),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_what_is_no_project_is_told_with_what_it_is_and_what_to_do(kind: str, tmp_path: Path) -> None:
    name, content, message = MISTAKES[kind]
    path = tmp_path / name
    path.write_bytes(content)
    ran = run("show", path)
    assert (ran.code, ran.out) == (1, "")
    assert ran.message == f"Error: {path}: {message}"


@pytest.mark.parametrize("kind", ["a web page", "a download that broke off", "NVivo for Mac"])
def test_every_command_tells_the_same_of_a_wrong_project(kind: str, tmp_path: Path) -> None:
    name, content, message = MISTAKES[kind]
    path = tmp_path / name
    path.write_bytes(content)
    told = {
        run("show", path).message,
        run("mapping", "new", path, "-o", tmp_path / "o.xlsx").message,
        run("mapping", "check", path, FIRST_MAPPING).message,
        run("mapping", "update", path, FIRST_MAPPING, "-o", tmp_path / "o.xlsx").message,
        run("enrich", path, FIRST_MAPPING, "-o", tmp_path / "o.qdpx").message,
        run("enrich", path, FIRST_MAPPING, "--dry-run").message,
        run("summarise", path, "-o", tmp_path / "o.xlsx").message,
        run("strip", path, "-o", tmp_path / "o.qdpx").message,
        run_process("show", path).message,
    }
    assert told == {f"Error: {path}: {message}"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "no such.qdpx"
    assert run("show", path).message == f"Error: {path}: There is no such file. Check the name and the folder."


def test_a_folder_without_a_project_document_says_what_it_holds(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_bytes(b"x")
    ran = run("show", tmp_path)
    assert ran.code == 1
    assert ran.message.startswith(f"Error: {tmp_path}: ")
    assert "no project document (.qde)" in ran.message
    assert "a.txt, b.txt" in ran.message


def test_a_protected_archive_says_so(tmp_path: Path) -> None:
    path = tmp_path / "study.qdpx"
    path.write_bytes(_encrypted())
    ran = run("show", path)
    assert ran.code == 1
    assert ran.message == (
        "Error: study.qdpx, project.qde: The archive is protected by a password. "
        "Unpack it with the password, or export the project without one."
    )


def test_a_codebook_is_no_project(tmp_path: Path) -> None:
    path = tmp_path / "codes.qdc"
    run("frameworks", "export", "-o", path)
    assert run("show", path).code == 0  # a codebook can be shown
    ran = run("mapping", "new", path, "-o", tmp_path / "mapping.xlsx")
    assert ran.code == 1
    assert ran.message == (
        "Error: codes.qdc: This is a codebook (.qdc): codes without texts. "
        "Export the whole project as REFI-QDA project (.qdpx)."
    )


def test_other_xml_and_broken_xml_name_the_place(tmp_path: Path) -> None:
    other = tmp_path / "other.qde"
    other.write_bytes(b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')
    told = run("show", other)
    assert told.code == 1
    assert told.message.startswith("Error: other.qde")
    broken = tmp_path / "broken.qde"
    broken.write_bytes(b'<Project xmlns="urn:QDA-XML:project:1.0" name="x">\n<Users></Project>')
    ran = run("show", broken)
    assert ran.code == 1
    assert "broken.qde, line 2" in ran.message


@pytest.mark.parametrize("at", [200, 2000, 12000])
def test_a_damaged_byte_is_told_with_its_file_and_no_class_name(at: int, tmp_path: Path) -> None:
    path = tmp_path / "study.qdpx"
    data = bytearray(FIRST_STEPS.read_bytes())
    data[at : at + 40] = b"\xff" * 40
    path.write_bytes(data)
    ran = run("enrich", path, FIRST_MAPPING, "-o", tmp_path / "o.qdpx")
    if ran.code:
        assert "study.qdpx" in ran.message
        assert not re.search(r"\b[A-Z]\w*(Error|Exception)\b|BadZip|Traceback|<class|\bNone\b", ran.message)
        assert not (tmp_path / "o.qdpx").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a matter of POSIX")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.qdpx"
    os.mkfifo(pipe)
    message = f"Error: {pipe}: This is neither a file nor a folder. Give the file itself."
    assert run("show", pipe).message == message
    assert run("enrich", FIRST_STEPS, pipe, "--dry-run").code == 1


def test_an_error_is_one_paragraph_whatever_stands_in_a_name(tmp_path: Path) -> None:
    ran = run("show", "a\nb\x1b[31m\x07.qdpx")
    assert ran.code == 1
    assert "\x1b" not in ran.err
    assert "\x07" not in ran.err
    assert ran.err.count("\n") == len(ran.err.splitlines())
    assert not re.search(r"\n\s*\n", ran.err)


def test_long_names_are_not_broken_so_that_they_can_be_copied(tmp_path: Path) -> None:
    path = tmp_path / ("a-long-name-with-hyphens-" * 6 + ".qdpx")
    assert str(path) in run("show", path).err


@pytest.mark.skipif(not REAL.is_dir(), reason="the real exports are not beside the checkout")
def test_real_codebooks_are_told_from_projects(tmp_path: Path) -> None:
    for path in REAL.glob("*.qdc"):
        ran = run("mapping", "new", path, "-o", tmp_path / "mapping.xlsx")
        assert (ran.code, ran.out) == (1, "")
        assert "This is a codebook (.qdc): codes without texts." in ran.message


def test_no_command_shows_a_traceback_for_arguments_that_make_no_sense(tmp_path: Path) -> None:
    for words, command in commands():
        arguments = ["" for parameter in command.params if parameter.param_type_name == "argument"]
        ran = run(*words, *arguments, *(["-o", ""] if "output" in {p.name for p in command.params} else []))
        assert "should not have happened" not in ran.err, words
        assert "Traceback" not in ran.err


# -- ten usual mistakes, and what is said -----------------------------------------------------------------------------

USUAL: dict[str, tuple[list[str], str]] = {
    "a command with a slip": (["enrch"], "There is no command 'enrch'. Did you mean 'enrich'?"),
    "a file without a command": (
        ["study.qdpx"],
        "'study.qdpx' is a file. Say first what to do with it, e.g.: qdpx-compassion start study.qdpx",
    ),
    "a name with a slip": (
        ["show", "studi.qdpx"],
        "studi.qdpx: There is no such file. Did you mean study.qdpx? It is in the same folder.",
    ),
    "a name without its ending": (
        ["enrich", "study", "mapping.xlsx", "-o", "out.qdpx"],
        "study: There is no such file. Did you mean study.qdpx? It is in the same folder.",
    ),
    "project and mapping the wrong way round": (
        ["enrich", "mapping.xlsx", "study.qdpx", "-o", "out.qdpx"],
        "study.qdpx: This is a project or codebook, not a mapping. The project comes first, then the mapping: ",
    ),
    "the summary given for the mapping": (
        ["enrich", "study.qdpx", "summary.xlsx", "-o", "out.qdpx"],
        "summary.xlsx: This is a summary workbook, not the mapping. Give the workbook with the sheet Mapping, ",
    ),
    "a Word document given for the mapping": (
        ["mapping", "check", "study.qdpx", "notes.docx"],
        "notes.docx: This is a Word document or another file of that kind, not a workbook.",
    ),
    "no word about where to write": (
        ["strip", "study.qdpx"],
        "Missing option '-o' / '--output'. Say with -o where to write, e.g. -o result.qdpx",
    ),
    "the result where the original is": (
        ["strip", "study.qdpx", "-o", "study.qdpx", "--force"],
        "study.qdpx: The output would be written over the input. Choose another name; the original stays as it is.",
    ),
    "a result that is there already": (
        ["mapping", "new", "study.qdpx", "-o", "mapping.xlsx"],
        "mapping.xlsx: The file exists already. Choose another name, or add --force to replace it.",
    ),
    "a result in a folder that is not there": (
        ["strip", "study.qdpx", "-o", "results/original.qdpx"],
        "results: The folder does not exist. Make the folder first, or choose another.",
    ),
    "a program with a slip": (["targets", "study.qdpx", "--for", "nvvo"], "Did you mean “nvivo”?"),
    "a framework with a slip": (
        ["mapping", "check", "study.qdpx", "mapping.xlsx", "--framework", "compasion"],
        "There is no framework called “compasion”. Did you mean “compassion”?",
    ),
    "a group that is none": (
        ["summarise", "study.qdpx", "-o", "s.xlsx", "--group", "Rol"],
        "Participants cannot be grouped by “Rol”: the project has no such variable, set or case. It offers: ",
    ),
    "no project at all": (["show"], "Missing argument 'PROJECT'. For example: qdpx-compassion show study.qdpx"),
    "no mapping": (
        ["enrich", "study.qdpx", "-o", "out.qdpx"],
        "Missing argument 'MAPPING'. For example: qdpx-compassion enrich study.qdpx mapping.xlsx -o enriched.qdpx",
    ),
    "a name with a space without quotation marks": (
        ["show", "my", "study.qdpx"],
        "“study.qdpx” is one word too many. Is “my study.qdpx” meant? A name with spaces stands in quotation marks: "
        f"qdpx-compassion show {shown(Path('my study.qdpx'))}",
    ),
    "the same where several names may stand": (
        ["validate", "my", "nothing.qdpx"],
        "my: There is no such file. Did you mean “my study.qdpx”? A name with spaces stands in quotation marks.",
    ),
    "two projects where one may stand": (
        ["show", "study.qdpx", "summary.xlsx"],
        "“summary.xlsx” is one word too many. For example: qdpx-compassion show study.qdpx",
    ),
    "the result with -o where it stands without": (
        ["convert", "study.qdpx", "-o", "study.xlsx"],
        "No such option '-o'. Here the result is named without it: qdpx-compassion convert study.qdpx study.xlsx",
    ),
    "the folder of the project": (
        ["show", "."],
        ".: This is a folder, not a project. Give one of the projects in it: my study.qdpx, study.qdpx.",
    ),
    "a program of the list with a slip": (["dialects", "nvivo-windos"], "Did you mean “nvivo-windows”?"),
    "a shell that is not known": (
        ["completion", "ksh"],
        "Invalid value for '[SHELL]': 'ksh' is not one of 'bash', 'zsh', 'fish', 'powershell'.",
    ),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of somebody who works with the program."""
    import docx

    folder = tmp_path_factory.mktemp("Bureau d’Émilie 研究")
    for name in ("study.qdpx", "my study.qdpx"):
        (folder / name).write_bytes(FIRST_STEPS.read_bytes())
    run("mapping", "new", FIRST_STEPS, "-o", folder / "mapping.xlsx")
    run("summarise", FIRST_STEPS, "-o", folder / "summary.xlsx")
    docx.Document().save(str(folder / "notes.docx"))
    return folder


@pytest.mark.parametrize("mistake", USUAL)
def test_a_usual_mistake_is_told_with_what_was_meant(mistake: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments, message = USUAL[mistake]
    monkeypatch.chdir(desk)
    before = {path: path.stat().st_mtime_ns for path in desk.iterdir()}
    ran = run(*arguments)
    assert ran.code in (1, 2)
    assert ran.out == "" or arguments[0] == "validate"  # what it finds is its result
    assert message in ran.message + " ".join(ran.out.split())
    assert max(map(len, ran.err.splitlines()), default=0) <= 100
    assert not re.search(r"Traceback|PosixPath|WindowsPath|<class|\bNone\b|should not have happened", ran.err)
    assert {path: path.stat().st_mtime_ns for path in desk.iterdir()} == before


@pytest.mark.skipif(os.name == "nt", reason="permissions are of POSIX")
@pytest.mark.parametrize("words", [["show"], ["start", "--yes"], ["validate"]])
def test_a_file_that_may_not_be_read_says_so(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "study.qdpx"
    path.write_bytes(FIRST_STEPS.read_bytes())
    opened = Path.open

    def refusing(self: Path, *arguments: Any, **more: Any) -> Any:
        if self == path:  # whoever runs the tests as root may read everything
            raise PermissionError(1, "Operation not permitted", str(path))
        return opened(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", refusing)
    monkeypatch.setattr(os, "access", lambda *_: False)
    ran = run(*words, path)
    said = "".join((ran.err + ran.out).split())  # findings fold long paths
    assert f"{path}:Thefilemaynotberead." in said
    assert "OnaMac,theterminalmayneedtobeallowed:SystemSettings,Privacy" in said


@pytest.mark.skipif(os.name == "nt", reason="permissions are of POSIX")
@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".toml"])
def test_a_mapping_that_may_not_be_read_says_what_to_do(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"mapping{ending}"
    path.write_bytes(b"x")

    def refuse(self: Path, *_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(self))

    from qdpx_compassion.frameworks import load_framework
    from qdpx_compassion.mapping.reading import read_mapping

    framework = load_framework()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError) as error:
        read_mapping(path, framework)
    assert str(error.value).startswith(f"{path}: The file may not be read. Close it where it is open")


@pytest.mark.skipif(os.name == "nt", reason="permissions are of POSIX")
def test_a_folder_that_may_not_be_read_is_not_called_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(where: Any) -> Any:
        raise PermissionError(1, "Operation not permitted", str(where))

    monkeypatch.setattr(os, "scandir", refuse)
    assert f"{tmp_path}: The file may not be read." in run("show", tmp_path).message


def test_no_word_is_too_many_for_the_help() -> None:
    for words in (["help"], ["help", "enrich"], ["help", "mapping", "new"]):
        assert run(*words).out == run(*words[1:], "--help").out
        assert run(*words).code == 0
    assert "There is no command 'enrch'. Did you mean 'enrich'?" in run("help", "enrch").message


# -- names and terminals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Étude Ωμέγα", "研究 2024", "دراسة", "naïve 🕊", 'a\'b "c"' if os.name != "nt" else "a'b"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_files_of_any_name_are_read_and_written_on_terminals_of_any_letters(
    name: str, encoding: str, tmp_path: Path
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    project = folder / f"{name}.qdpx"
    project.write_bytes(FIRST_STEPS.read_bytes())
    kind = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0" if encoding == "cp1252" else "1"}
    target = folder / f"{name} enriched.qdpx"
    ran = run_process("enrich", project, FIRST_MAPPING, "-o", target, cwd=None, **kind)
    assert (ran.code, ran.err) == (0, "")
    assert target.exists()
    started = run_process("start", project, "--yes", cwd=folder, **kind)
    assert (started.code, started.err) == (0, "")
    assert (folder / f"{name}-mapping.xlsx").exists()
    shown = run_process("start", project, "--yes", "--json", cwd=folder, PYTHONUTF8="1")
    assert name in shown.out or name.replace('"', '\\"') in shown.out


@pytest.mark.skipif(os.name == "nt", reason="names that are no Unicode exist on POSIX only")
def test_a_name_that_is_no_text_is_printed_somehow(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.qdpx"))
    try:
        path.write_bytes(FIRST_STEPS.read_bytes())
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    for options in ([], ["--json"]):
        ran = run_process("show", path, *options)
        assert (ran.code, ran.err) == (0, "")
    ran = run_process("mapping", "new", path, "-o", path.with_suffix(".xlsx"), "--json")
    assert ran.code == 0, ran.err
