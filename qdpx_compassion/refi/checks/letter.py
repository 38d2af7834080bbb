"""The letter of the standard: what its text asks for and every program forgives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from qdpx_compassion.files.project_files import DocumentFiles, ProjectFiles
from qdpx_compassion.findings import Finding, Severity
from qdpx_compassion.refi.checks.contents import source_files
from qdpx_compassion.refi.checks.places import Places
from qdpx_compassion.refi.guids import is_guid
from qdpx_compassion.refi.scanner import document_encoding
from qdpx_compassion.tables import TABLES, Project

#: Findings that are notes or warnings because programs forgive them, and errors by the letter.
_RAISED = frozenset(
    {"qde-name", "qde-nested", "file-name-case", "file-path-form", "file-extension", "text-encoding", "file-stray"}
)
_SOURCE = TABLES["sources"].position


def raise_to_errors(findings: list[Finding]) -> list[Finding]:
    """The findings, with those as errors that the letter of the standard makes errors."""
    return [replace(one, severity=Severity.ERROR) if one.code in _RAISED else one for one in findings]


def letter_findings(files: ProjectFiles, project: Project) -> list[Finding]:
    """What is not as sections 8 and 9 of the standard have it, and is no finding of its own already.

    Args:
        files: the project's files, open.
        project: read from them.
    """
    return [*_document(files), *_members(files), *_paths(files, project), *_texts(project)]


def _document(files: ProjectFiles) -> Iterator[Finding]:
    head = b""
    for chunk in files.chunks(files.document, files.limits.document_bytes):
        head += chunk
        if len(head) >= 256:
            break
    encoding = document_encoding(head[:256])
    if encoding != "utf-8":
        yield Finding("letter", f"The document is in {encoding}, not UTF-8.", files.document.name)


def _members(files: ProjectFiles) -> Iterator[Finding]:
    if isinstance(files, DocumentFiles):
        return
    folders = set()
    for member in files.members:
        inside = member.name.removeprefix(files.root)
        if member is files.document or inside.rsplit("/", 1)[-1].startswith("."):
            continue
        folder, _, name = inside.rpartition("/")
        folders.add(folder)
        if not is_guid(PurePosixPath(name).stem) or "{" in name:
            yield Finding("letter", "The name of an internal file must be a GUID (section 8.4).", member.name)
    for folder in sorted(folders - {"sources"}):
        said = f"Files lie in “{folder}”" if folder else "Files lie beside the document"
        yield Finding("letter", f"{said}; they must lie in “sources”, without folders in it (section 8.1).", folder)


def _paths(files: ProjectFiles, project: Project) -> Iterator[Finding]:
    places = Places(project)
    inside = {(found.row, found.column) for found in source_files(files, project)[0]}
    has_base = any(project.column("project", "base_path"))
    for row, source in enumerate(project.rows["sources"]):
        for column in ("plain_text_path", "rich_text_path", "path"):
            written = source[_SOURCE[column]]
            if not written:
                continue
            scheme = written.partition("://")[0]
            external = scheme in ("relative", "absolute")
            if external and source[0] not in ("AudioSource", "VideoSource"):
                said = f"Only audio and video may lie outside the project (section 8.3), not {written}."
                yield Finding("letter", said, places.of("sources", row))
            elif not external and scheme != "internal" and (row, column) not in inside:
                said = f"A path must begin with internal://, relative:// or absolute:// (section 8.3), not {written}."
                yield Finding("letter", said, places.of("sources", row))
            if scheme == "relative" and not has_base:
                said = f"{written} is relative to a basePath, which the project does not have (section 8.3)."
                yield Finding("letter", said, places.of("sources", row))


def _texts(project: Project) -> Iterator[Finding]:
    """A text must be there once: in the document or in a file."""
    places = Places(project)
    for row, source in enumerate(project.rows["sources"]):
        inline, file = source[_SOURCE["plain_text_content"]], source[_SOURCE["plain_text_path"]]
        if inline and file:
            yield Finding("letter", "The text is given twice, in the document and in a file (section 5.3).",
                          places.of("sources", row))  # fmt: skip
        elif source[_SOURCE["rich_text_path"]] and inline is None and not file:
            yield Finding("letter", "A styled text must have a plain text beside it (section 9.1.3).",
                          places.of("sources", row))  # fmt: skip
