"""Sources whose text is missing or not UTF-8, and files that belong to no source, one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from qdpx_compassion.files.media_root import current_media_root
from qdpx_compassion.files.project_files import ProjectFiles
from qdpx_compassion.findings import Finding, count
from qdpx_compassion.refi.checks.places import Places
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.refi.paths import SourcePaths
from qdpx_compassion.refi.text import decode_text
from qdpx_compassion.tables import TABLES, Project

#: What the reader says of sources by their names, and of all stray files in one finding.
ABOUT_TEXTS = frozenset({"text-missing", "text-encoding", "file-stray"})

_SOURCE = TABLES["sources"].position


def text_findings(files: ProjectFiles, project: Project) -> Iterator[Finding]:
    """A finding for each source with selections and no text, and for each text that is not UTF-8.

    Args:
        files: the project's files, open.
        project: read from them.
    """
    if not any(finding.code in ("text-missing", "text-encoding") for finding in project.findings):
        return  # the reader saw every text: they need not be read again
    places, paths = Places(project), SourcePaths(files, current_media_root())
    numbers = project.numbers("selections", "PlainTextSelection", "TranscriptSelection")
    selections = Counter(project.rows["selections"][number][1] for number in numbers)
    for row, source in enumerate(project.rows["sources"]):
        inline, path = source[_SOURCE["plain_text_content"]], source[_SOURCE["plain_text_path"]]
        if source[0] not in TEXT_KINDS or inline or (inline is not None and not path):
            continue
        member = paths.find(path, "") if path else None
        if member is not None:
            encoding = decode_text(files.read(member))[2]
            if encoding != "utf-8":
                said = f"The text in {member.name} is not UTF-8; it was read as {encoding}."
                yield Finding("text-encoding", said, places.of("sources", row))
        elif selections[row]:
            have = count(selections[row], "selection has", "selections have")
            yield Finding("text-missing", f"{have} no text to quote from.", places.of("sources", row))


def stray_findings(files: ProjectFiles, used: set[str]) -> Iterator[Finding]:
    """A finding for each file that belongs to no source; hidden files are left out.

    Args:
        files: the project's files, open.
        used: names of the members that sources refer to.
    """
    for member in files.members:
        hidden = member.name.rsplit("/", 1)[-1].startswith(".")
        if member is not files.document and member.name not in used and not hidden:
            yield Finding("file-stray", "The file belongs to no source.", member.name)
