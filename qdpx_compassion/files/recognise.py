"""What a file is when it is no REFI-QDA project, and what its owner can do about it."""

from __future__ import annotations

from pathlib import Path

from qdpx_compassion.errors import InputError

_EXPORT = "Export a REFI-QDA project (.qdpx) from it"

#: Projects of the programs themselves, by extension: who writes them, and how a REFI-QDA project is exported there.
_NATIVE = {
    ".nvp": ("NVivo for Windows", f"{_EXPORT} in NVivo: Share, Export, Export Project (REFI-QDA)."),
    ".nvpx": ("NVivo for Mac", f"{_EXPORT} in NVivo: Share, Export, Export Project (REFI-QDA)."),
    ".nvcx": ("NVivo Collaboration", f"{_EXPORT} in NVivo: Share, Export, Export Project (REFI-QDA)."),
    ".atlproj": ("ATLAS.ti", f"{_EXPORT} in ATLAS.ti: File, Export, QDPX project."),
    ".atlproj9": ("ATLAS.ti 9", f"{_EXPORT} in ATLAS.ti: File, Export, QDPX project."),
    ".atlproj23": ("ATLAS.ti 23", f"{_EXPORT} in ATLAS.ti: File, Export, QDPX project."),
    ".atlcb": ("ATLAS.ti", f"{_EXPORT} in ATLAS.ti: File, Export, QDPX project."),
    ".qda": (
        "QualCoder or QDA Miner",
        f"{_EXPORT} in QDA Miner; convert a folder of QualCoder: qdpx-compassion convert FOLDER.qda study.qdpx",
    ),
    ".ppj": ("QDA Miner", f"{_EXPORT} in QDA Miner: Project, Export, REFI-QDA project."),
    ".qrk": ("Quirkos", f"{_EXPORT} in Quirkos: Export, REFI-QDA project."),
    ".tra": ("Transana", f"{_EXPORT} in Transana."),
    ".f4p": ("f4analyse", f"{_EXPORT} in f4analyse."),
    ".hs2": ("HyperRESEARCH", f"{_EXPORT} if your version can."),
}
_MAXQDA = ("MAXQDA", f"{_EXPORT} in MAXQDA: Reports or Import/Export, REFI-QDA Project, Export.")

_PROJECTS = (".qdpx", ".qde")
_GIVE = "Give the .qdpx that your program exported."
_RECORDING = "This is a recording, not a project."
#: What a file is by its first bytes: the bytes, what it is.
_STARTS = (
    (b"%PDF", "This is a PDF, not a project."),
    (b"{\\rtf", "This is a text (RTF), not a project."),
    (b"\x89PNG", "This is a picture, not a project."),
    (b"\xff\xd8\xff", "This is a picture, not a project."),
    (b"GIF8", "This is a picture, not a project."),
    (b"ID3", _RECORDING),
    (b"OggS", _RECORDING),
    (b"fLaC", _RECORDING),
    (b"RIFF", _RECORDING),
    (b"\x1aE\xdf\xa3", _RECORDING),
)
#: What a text file is by its extension, and what to do with it; its content could be anything.
_TEXTS = {
    ".csv": ("a table (CSV)", "A mapping comes after the project; tables of a project are converted first: "
             "qdpx-compassion convert FOLDER study.qdpx"),
    ".tsv": ("a table", "A mapping comes after the project."),
    ".toml": ("a mapping or framework file (TOML)", "It comes after the project."),
    ".txt": ("a text", "Give the whole project that your program exported (.qdpx), not a transcript."),
    ".md": ("a text", "Give the whole project that your program exported (.qdpx), not a transcript."),
    ".json": ("a JSON file", "A project that was converted to JSON is converted back first: "
              "qdpx-compassion convert FILE study.qdpx"),
    ".jsonld": ("a file of annotations (JSON-LD)", "It is converted first: qdpx-compassion convert FILE study.qdpx"),
}  # fmt: skip

_CUT_OFF = (
    "The archive is damaged: its end is missing, as after an interrupted download.",
    "Export or download it again.",
)


def not_a_project(path: Path, head: bytes) -> InputError:
    """The error for a file that is no archive and no project document.

    Args:
        path: the file that was given.
        head: its first bytes (a few hundred are enough).
    """
    program, remedy = native_program(path)
    if path.suffix.lower() == ".qda" and path.is_dir():
        return InputError(
            "This folder is called as a project of QualCoder, but it has no database of QualCoder (data.qda) in it.",
            where=str(path),
            remedy="Copy the whole folder again from where you have it, or use a backup; QualCoder keeps them beside "
            "the project.",
        )
    if program:
        return InputError(f"This is a project of {program}, not a REFI-QDA project.", where=str(path), remedy=remedy)
    what, remedy = _by_content(head, path.suffix.lower())
    return InputError(what, where=str(path), remedy=remedy)


def cannot_read(path: Path, error: OSError) -> InputError:
    """The error for a file or folder that the system does not give out.

    macOS asks once whether the terminal may see Desktop, Documents and Downloads; who said no is never asked again.
    """
    if isinstance(error, PermissionError):
        return InputError(
            "The file may not be read.",
            where=str(path),
            remedy="Close it where it is open, check its permissions, or copy it into another folder. On a Mac, the "
            "terminal may need to be allowed: System Settings, Privacy & Security, Files and Folders.",
        )
    return InputError(
        f"The file cannot be read: {error.strerror or error}.",
        where=str(path),
        remedy="Check the name and the disk, and try again.",
    )


def no_such_file(path: Path, remedy: str = "Check the name and the folder.") -> InputError:
    """The error for a file that is not there; names the one beside it that is probably meant.

    Args:
        path: what was given.
        remedy: what to do where no file has a similar name.
    """
    near = _near(path)
    if near and " " in near:
        remedy = f"Did you mean “{near}”? A name with spaces stands in quotation marks."
    elif near:
        remedy = f"Did you mean {near}? It is in the same folder."
    return InputError("There is no such file.", where=str(path), remedy=remedy)


def _near(path: Path) -> str:
    """The name of a file beside it that differs by little: case, a missing ending, a slip, words after a space."""
    import difflib

    try:
        names = [one.name for one in path.parent.iterdir() if not one.name.startswith(".")]
    except OSError:
        return ""
    written = {name.casefold(): name for name in names}
    endless = {Path(name).stem.casefold(): name for name in names if Path(name).suffix.lower() in _PROJECTS}
    given = path.name.casefold()
    close = difflib.get_close_matches(given, written, n=1, cutoff=0.8)
    longer = sorted(name for folded, name in written.items() if given and folded.startswith(f"{given} "))
    return written.get(given) or endless.get(given) or (written[close[0]] if close else "") or "".join(longer[:1])


def native_program(path: Path) -> tuple[str, str]:
    """The program whose own project this is by its extension, and how to export from it; empty when it is none."""
    extension = path.suffix.lower()
    if extension.startswith((".mx", ".mex")) and extension[3:].isdigit():
        return _MAXQDA
    return _NATIVE.get(extension, ("", ""))


def _by_content(head: bytes, extension: str) -> tuple[str, str]:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if not head:
        return "The file is empty.", "Export or download it again."
    if head.startswith(b"version https://git-lfs"):
        return (
            "This is a Git LFS pointer, not the file itself.",
            "Fetch the file with 'git lfs pull', or download it from the repository's web page.",
        )
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return (
            "This is a web page, not a project.",
            "The download gave a page instead of the file (often a login page): download the file itself.",
        )
    if head.startswith(b"PK"):
        return _CUT_OFF
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "This is an old Office file, not a project.", "Give the .qdpx that your program exported."
    if head.startswith(b"SQLite format 3"):
        return (
            "This is a database, not a REFI-QDA project.",
            "A database of Taguette, or of tables, is converted first: qdpx-compassion convert FILE study.qdpx. "
            "From any other program, export a REFI-QDA project (.qdpx).",
        )
    if head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return "This archive is not a zip file.", "Unpack it first and give the .qdpx inside."
    for beginning, kind in _STARTS:
        if head.startswith(beginning):
            return kind, _GIVE
    if head[4:8] == b"ftyp":
        return _RECORDING, _GIVE
    if extension in _TEXTS and b"\0" not in head and not start.startswith(b"<"):
        kind, remedy = _TEXTS[extension]
        return f"This is {kind}, not a project.", remedy
    return (
        "This is neither a REFI-QDA archive (.qdpx) nor a project document (.qde).",
        "Export a REFI-QDA project from your program and give that file.",
    )


def not_a_project_archive(path: Path, names: list[str], *, begins: int = 0) -> InputError:
    """The error for a zip archive that holds no project document: says what it does hold.

    Args:
        path: the file that was given.
        names: of its members.
        begins: where its first member begins, in bytes.
    """
    if begins:
        # a file inside was taken for the whole: members that are archives themselves (.docx) have an end of their own
        what, remedy = _CUT_OFF
        return InputError(what, where=str(path), remedy=remedy)
    joined = {name.split("/")[0] for name in names}
    if "data.qda" in joined:
        return InputError(
            "This is a project of QualCoder, not a REFI-QDA project.",
            where=str(path),
            remedy=f"Make one of it with: qdpx-compassion convert {path.name} study.qdpx",
        )
    if "[Content_Types].xml" in joined:
        what = "an Excel workbook" if "xl" in joined else "a Word document" if "word" in joined else "an Office file"
        return InputError(
            f"This is {what}, not a project.",
            where=str(path),
            remedy="Give the .qdpx that your program exported; a mapping workbook comes after the project.",
        )
    if "mimetype" in joined and "content.xml" in joined:
        return InputError("This is an OpenDocument file, not a project.", where=str(path), remedy=_GIVE)
    if path.is_dir() and not names:
        return InputError("The folder is empty.", where=str(path), remedy=_GIVE)
    inner = [name for name in names if name.lower().endswith((".qdpx", ".zip"))]
    if inner and path.is_dir():
        which = "the project" if len(inner) == 1 else "one of the projects"
        return InputError(
            "This is a folder, not a project.", where=str(path), remedy=f"Give {which} in it: {_some(inner)}."
        )
    if inner:
        return InputError(
            f"The archive holds no project document (.qde), but another archive: {inner[0]}.",
            where=str(path),
            remedy="Unpack it and give the inner file.",
        )
    what = "folder" if path.is_dir() else "archive"
    return InputError(
        f"The {what} holds no project document (.qde). It holds: {_some(names) or 'nothing'}.",
        where=str(path),
        remedy="Export a REFI-QDA project (.qdpx) from your program and give that file.",
    )


def _some(names: list[str]) -> str:
    """The first names, and how many more there are."""
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
