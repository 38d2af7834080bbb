"""What Taguette has no place for: our tables against those that are read from what was built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qdpx_compassion.formats.base import Content, Loss
from qdpx_compassion.formats.comparing import losses_between
from qdpx_compassion.formats.source_texts import text_of
from qdpx_compassion.formats.taguette.building import Built
from qdpx_compassion.formats.taguette.gathering import gather
from qdpx_compassion.formats.taguette.model import TaguetteProject
from qdpx_compassion.formats.taguette.reading import read
from qdpx_compassion.refi.characters import xml_text
from qdpx_compassion.tables import TABLES

_NAMES = "Cut where it is too long for Taguette, made unique, or on one line."
_WHY = {
    "*.guid": "Taguette numbers what it holds by itself.",
    "*.modifying_user": "Taguette tells who made it, not who changed it.",
    "*.modified_date_time": "Taguette tells when it was made, not when it was changed.",
    "*.creation_date_time": "Taguette keeps the date of what a user did, in UTC.",
    "*.creating_user": "Taguette's log tells who marked and tagged, as far as the project does.",
    "project.origin": "The project is one of Taguette's then.",
    "users.id": "Taguette's users have a login alone.",
    "codes.color": "Tags have no colour.",
    "variables": "Taguette has no cases and no variables.",
    "variable_values": "Taguette has no cases and no variables.",
    "cases": "Taguette has no cases and no variables.",
    "case_members": "Taguette has no cases and no variables.",
    "project.name": "Cut at 50 characters; a project without a name is called after its file.",
    "project.description": "Memos stand behind it.",
    "users.name": "Taguette's users have logins of small letters and digits.",
    "codes.name": "Taguette wants tags that differ, up to 200 characters with the codes above, on one line.",
    "codes.description": "Memos stand behind it.",
    "codes.parent_row": "Tags have no hierarchy; names that hold dots themselves read as another one.",
    "sources": "Taguette holds texts. Pictures, PDFs, recordings stay behind; memos stand in descriptions.",
    "sources.kind": "A text of a recording, PDF or picture is a document of its own.",
    "sources.parent_kind": "A text of a recording, PDF or picture is a document of its own.",
    "sources.parent_row": "A text of a recording, PDF or picture is a document of its own.",
    "sources.name": _NAMES,
    "sources.description": "Memos stand behind it.",
    "selections": "Taguette marks text; areas, times and what holds no characters stay behind.",
    "selections.kind": "A passage of a transcript is one of a text.",
    "codings": "Taguette codes passages of text with tags that exist.",
    "selections.name": "A highlight has no name, and no comment.",
    "selections.description": "A highlight has no name, and no comment.",
    "codes.is_codable": "Every tag can be used.",
    "project.modifying_user_guid": "Taguette tells who made it, not who changed it.",
    **dict.fromkeys(("sets", "set_members"), "Taguette has no sets."),
    **dict.fromkeys(("links", "graphs", "vertices", "edges"), "Taguette has no links and no graphs."),
    "sync_points": "Taguette holds texts without their recordings.",
    "note_refs": "Memos of the project, of codes and texts stand in descriptions; others have no place.",
}


def losses_of(content: Content, built: Built) -> list[Loss]:
    """What is not there any more when the built project is read again."""
    again, rows = read(built.project, content.project.name)
    tags, documents = built.codes, built.sources
    kept: dict[str, list[int | None]] = {
        "project": [0],
        "users": [built.users.get(login) for login in rows.users],
        "codes": [tags[tag - 1] for tag in rows.tags],
        "sources": [documents[document - 1] for document in rows.documents],
        "selections": [built.selections[highlight - 1] for highlight in rows.highlights],
        "codings": [built.codings[pair] for pair in rows.codings],
    }
    losses = losses_between(content.project, again.project, kept, _WHY)
    at = TABLES["sources"].position["plain_text_path"]
    texts = {content.project.rows["sources"][row][at] for row in documents}
    kept_files = {id(file) for path, file in content.media.items() if path in texts}
    if files := sum(id(file) not in kept_files for file in content.files()):
        losses.append(Loss("files", files, "Taguette holds texts alone."))
    if changed := sum(_shown(content, row) for row in documents):
        losses.append(Loss("characters", changed, "HTML cannot hold these characters; their symbols stand there."))
    return losses


def losses_of_tags(content: Content, built: Built) -> list[Loss]:
    """What is not in the export of tags."""
    again, rows = read(TaguetteProject(built.project.name, tags=built.project.tags), content.project.name)
    kept: dict[str, list[int | None]] = {"codes": [built.codes[tag - 1] for tag in rows.tags]}
    why = {**dict.fromkeys(TABLES, "It holds tags alone."), **_only("codes")}
    return [*losses_between(content.project, again.project, kept, why), *_files(content, "It holds tags alone.")]


def losses_of_highlights(content: Content, built: Built, written: Sequence[Sequence[Any]]) -> list[Loss]:
    """What is not in the export of highlights.

    Args:
        content: what is converted.
        built: the same for Taguette.
        written: the rows of the export.
    """
    project, gathered = gather(written, built.project.name)
    again, rows = read(project, content.project.name)
    tag_ids = {tag.path: tag.id for tag in built.project.tags}
    named: dict[str, int] = {}
    for document, row in zip(built.project.documents, built.sources, strict=True):
        named.setdefault(document.name, row)
    tags = [tag_ids[path] for path in gathered.tags]
    highlights = [int(number) for number in gathered.highlights]
    kept: dict[str, list[int | None]] = {
        "codes": [built.codes[tags[tag - 1] - 1] for tag in rows.tags],
        "sources": [named[name] for name in gathered.documents],
        "selections": [built.selections[highlights[number - 1] - 1] for number in rows.highlights],
        "codings": [built.codings[highlights[number - 1], tags[tag - 1]] for number, tag in rows.codings],
    }
    passages = "It holds passages of texts with their tags."
    why = {**dict.fromkeys(TABLES, passages), **_only("codes", "sources", "selections", "codings")}
    why |= {"codes": "A tag that no passage has is not in it.", "codes.guid": "Tags are known by their names alone."}
    texts = Loss("texts", len(kept["sources"]), "Only the passages are in it, with spaces in place of line ends.")
    losses = losses_between(content.project, again.project, kept, why)
    return [*losses, *([texts] if texts.count else []), *_files(content, passages)]


def _only(*tables: str) -> dict[str, str]:
    """The reasons of the database for tables that the exports hold too."""
    return {kind: why for kind, why in _WHY.items() if kind.partition(".")[0] in tables and "." in kind}


def _files(content: Content, why: str) -> list[Loss]:
    files = len(content.files())
    return [Loss("files", files, why)] if files else []


def _shown(content: Content, row: int) -> int:
    """How many characters of a text are shown by others."""
    text = (text_of(content, row) or ("", False))[0]
    return sum(one != other for one, other in zip(text, xml_text(text), strict=True))
