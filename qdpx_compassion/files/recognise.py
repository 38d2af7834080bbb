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
    if program:
        return InputError(f"This is a project of {program}, not a REFI-QDA project.", where=str(path), remedy=remedy)
    what, remedy = _by_content(head)
    return InputError(what, where=str(path), remedy=remedy)


def native_program(path: Path) -> tuple[str, str]:
    """The program whose own project this is by its extension, and how to export from it; empty when it is none."""
    extension = path.suffix.lower()
    if extension.startswith((".mx", ".mex")) and extension[3:].isdigit():
        return _MAXQDA
    return _NATIVE.get(extension, ("", ""))


def _by_content(head: bytes) -> tuple[str, str]:
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
    if head.startswith(b"%PDF"):
        return "This is a PDF, not a project.", "Give the .qdpx that your program exported."
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
    inner = [name for name in names if name.lower().endswith((".qdpx", ".zip"))]
    if inner:
        return InputError(
            f"The archive holds no project document (.qde), but another archive: {inner[0]}.",
            where=str(path),
            remedy="Unpack it and give the inner file.",
        )
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return InputError(
        f"The archive holds no project document (.qde). It holds: {shown or 'nothing'}.",
        where=str(path),
        remedy="Export a REFI-QDA project (.qdpx) from your program and give that file.",
    )
