"""What coded documents do not show of a project."""

from __future__ import annotations

from collections.abc import Iterator

from qdpx_compassion.formats.base import Content, Loss
from qdpx_compassion.formats.coded_documents.colors import is_color
from qdpx_compassion.formats.coded_documents.model import CodedProject
from qdpx_compassion.refi.names import TEXT_KINDS
from qdpx_compassion.tables import TABLES

#: Table → the columns that are shown, in words or by where something stands.
_SHOWN = {
    "project": ("name", "origin", "description"),
    "users": ("name",),
    "codes": ("name", "description", "parent_row", "parent_guid"),
    "sources": ("kind", "parent_kind", "parent_row", "name", "description", "plain_text_content", "plain_text_path"),
    "selections": (
        "kind", "source_row", "description", "start_position", "end_position", "page", "first_x", "first_y", "second_x",
        "second_y", "begin", "end", "from_sync_point", "to_sync_point",
    ),
    "codings": ("owner_kind", "owner_row", "creating_user", "code_guid"),
}  # fmt: skip
#: References, which are rows without anything else.
_COUNTED = ("note_refs", "links")
_OF_THE_DOCUMENT = ("namespace", "schema_location", "base_path", "rich_text_path", "path", "current_path")
_WHY = {
    "codes.color": "It is no #rrggbb; another colour was chosen.",
    "codes.is_codable": "Which codes may be used is not shown.",
    "sources.creating_user": "Who coded is shown; who added a document is not.",
    "selections.name": "The words themselves are marked.",
    "selections.creating_user": "Who coded is shown; who marked is not.",
    "links": "Only links between a memo and something else are shown.",
    "note_refs": "Memos of links are shown among the other memos.",
    **dict.fromkeys(("cases", "case_members", "variables", "variable_values"), "Cases and variables are not shown."),
    **dict.fromkeys(("sets", "set_members"), "Sets are not shown."),
    **dict.fromkeys(("graphs", "vertices", "edges"), "Graphs are not shown."),
    "sync_points": "Transcripts are shown without their times.",
}
_KINDS = {
    "guid": "GUIDs are not shown.",
    "creation_date_time": "Dates are not shown.",
    "modified_date_time": "Dates are not shown.",
    "modifying_user": "Who changed something is not shown.",
}
_ELSE = "It is not shown."


def losses_of(content: Content, project: CodedProject) -> list[Loss]:
    """What is in the tables and not to be seen."""
    losses = []
    rows = content.project.rows
    for name in TABLES:
        if name in _COUNTED:
            count = len(rows[name]) - (project.refs if name == "note_refs" else project.links)
            losses += [Loss(name, count, _WHY[name])] if count else []
        elif name not in _SHOWN:
            losses += [Loss(name, len(rows[name]), _WHY.get(name, _ELSE))] if rows[name] else []
        else:
            losses += _columns(content, name)
    texts = {
        source[TABLES["sources"].position["plain_text_path"]] for source in rows["sources"] if source[0] in TEXT_KINDS
    }
    kept = {id(file) for path, file in content.media.items() if path in texts}
    if files := sum(id(file) not in kept for file in content.files()):
        losses.append(Loss("files", files, "Texts are shown; pictures, PDFs, recordings and styled texts are not."))
    return losses


def _columns(content: Content, name: str) -> Iterator[Loss]:
    table = TABLES[name]
    for at, column in enumerate(table.columns):
        left_out = column.derived or column.name.endswith("_written") or column.name in _OF_THE_DOCUMENT
        if left_out or column.name in _SHOWN[name]:
            continue
        values = [row[at] for row in content.project.rows[name]]
        if column.name == "color":
            count = sum(bool(value) and not is_color(value) for value in values)
        elif column.name == "is_codable":
            count = sum(value is False for value in values)
        else:
            count = sum(value not in (None, "") for value in values)
        if count:
            kind = f"{name}.{column.name}"
            yield Loss(kind, count, _WHY.get(kind) or _KINDS.get(column.name, _ELSE))
