"""Losses listed equal losses found: a project against what came back through a format, compared by ``diff``."""

from __future__ import annotations

from pathlib import Path

from qdpx_compassion.formats import Content, WriteOptions
from qdpx_compassion.formats.registry import by_id
from qdpx_compassion.tables import TABLES
from qdpx_compassion.teams import diff_projects

#: What ``diff`` compares → the columns of the table in which a loss of it is listed.
_COLUMNS = {
    "made by": ("creating_user", "creating_user_guid"),
    "made": ("creation_date_time",),
    "changed by": ("modifying_user", "modifying_user_guid"),
    "changed": ("modified_date_time",),
    "base path": ("base_path",),
    "codable": ("is_codable",),
    "parent": ("parent_row",),
    "type": ("type_of_variable",),
    "from": ("origin_guid", "source_vertex"),
    "to": ("target_guid", "target_vertex"),
    "code": ("code_guid",),
    "line": ("line_style",),
    "time": ("time_stamp",),
}
#: What follows from the loss of something else: of files, of positions in texts that were left out.
_FOLLOWS = {"styled text", "text", "file", "place", "quotation", "position", "stands for"}
#: What is shown by another element's name → the losses that change that.
_USERS = {"users.name", "users.guid", "users.id"}
_SHOWN_BY = {"made by": _USERS, "changed by": _USERS, "parent": {"codes.name"}, "code": {"codes.name"}}
_TABLE = {
    "notes": "sources", "texts in sources": "sources", "members of cases": "case_members",
    "variable values": "variable_values", "members of sets": "set_members", "notes on elements": "note_refs",
    "sync points": "sync_points",
}  # fmt: skip


def check_losses(content: Content, original: Path, format_id: str, target: Path) -> dict[str, int]:
    """Write, read again, compare; what is listed is what is found, and what is found is listed.

    Args:
        content: what is converted. original: the project that it was read from.
        format_id: of the format.
        target: where it is written.

    Returns:
        The losses by kind.
    """
    chosen = by_id(format_id)
    listed = chosen.losses(content)
    assert chosen.write(content, target, WriteOptions()) == listed
    assert len({loss.kind for loss in listed}) == len(listed)
    losses = {loss.kind: loss.count for loss in listed}
    assert chosen.recognises(target)
    back = target.with_name("back.qdpx")
    with chosen.read(target) as again:
        for table in TABLES:
            before, after = len(content.project.rows[table]), len(again.project.rows[table])
            assert after >= before - losses.get(table, 0), table
            if table in losses:
                assert losses[table] <= before, table
        by_id("qdpx").write(again, back, WriteOptions())
    for kind in diff_projects(original, back).kinds:
        table = _TABLE.get(kind.kind, kind.kind)
        columns = {one.partition(".")[2] for one in losses if one.startswith(f"{table}.")}
        if kind.lost:
            assert table in losses or columns, (kind.kind, kind.lost[:3])
        for changed in kind.changed:
            for change in changed.changes:
                if change.attribute not in _FOLLOWS:
                    wanted = _COLUMNS.get(change.attribute, (change.attribute,))
                    gone = table in losses or bool(columns.intersection(wanted)) or change.before is None
                    gone = gone or bool(losses.keys() & _SHOWN_BY.get(change.attribute, set()))
                    assert gone, (kind.kind, changed.label, change, sorted(losses))
    return losses
