"""QualCoder's database: its tables, columns and uniqueness rules in version v17 (QualCoder 4), as its source shows."""

from __future__ import annotations

import sqlite3

#: What stands in ``project.databaseversion``; earlier ones have fewer columns and tables, and are read all the same.
VERSION = "v17"
#: What ``project.about`` must hold, or QualCoder does not open the project.
PROGRAM = "QualCoder"
DATABASE = "data.qda"
#: The folders of a project, by the kind of file.
FOLDERS = ("images", "audio", "video", "documents")
#: The name that QualCoder itself gives to codings of speakers; it stands among the coders of every project.
SYSTEM_CODER = "📌 Speaker coding"

_ROW = "integer primary key"
_MADE = "owner text, date text"
_PLACE = "grid integer, x integer, y integer"
_ENDS = ", ".join(
    f"{end}{thing} integer"
    for end in ("from", "to")
    for thing in ("freetextid", "catid", "cid", "caseid", "fileid", "imid", "avid")
)
_LINE = "color text, linewidth real, linetype text"

#: Table → its columns and rules.
TABLES: dict[str, str] = {
    "project": "databaseversion text, date text, memo text, about text, bookmarkfile integer, bookmarkpos integer, "
    "codername text, recently_used_codes text, avbookmarkfile integer, avbookmarkmsec integer, "
    "avbookmarktextpos integer",
    "source": f"id {_ROW}, name text, fulltext text, mediapath text, memo text, {_MADE}, av_text_id integer, "
    "risid integer, unique(name)",
    "code_image": f"imid {_ROW}, id integer, x1 integer, y1 integer, width integer, height integer, cid integer, "
    "memo text, date text, owner text, important integer, pdf_page integer",
    "code_av": f"avid {_ROW}, id integer, pos0 integer, pos1 integer, cid integer, memo text, date text, owner text, "
    "important integer",
    "annotation": f"anid {_ROW}, fid integer, pos0 integer, pos1 integer, memo text, {_MADE}, "
    "unique(fid, pos0, pos1, owner)",
    "attribute_type": "name text primary key, date text, owner text, memo text, caseOrFile text, valuetype text",
    "attribute": f"attrid {_ROW}, name text, attr_type text, value text, id integer, date text, owner text, "
    "unique(name, attr_type, id)",
    "case_text": f"id {_ROW}, caseid integer, fid integer, pos0 integer, pos1 integer, {_MADE}, memo text",
    "cases": f"caseid {_ROW}, name text, memo text, {_MADE}, constraint ucm unique(name)",
    "code_cat": f"catid {_ROW}, name text, {_MADE}, memo text, supercatid integer, unique(name)",
    "code_text": f"ctid {_ROW}, cid integer, fid integer, seltext text, pos0 integer, pos1 integer, {_MADE}, "
    "memo text, avid integer, important integer, unique(cid, fid, pos0, pos1, owner)",
    "code_name": f"cid {_ROW}, name text, memo text, catid integer, {_MADE}, color text, supercid integer, "
    "unique(name)",
    "journal": f"jid {_ROW}, name text, jentry text, date text, owner text, unique(name)",
    "stored_sql": "title text, description text, grouper text, ssql text, unique(title)",
    "graph": f"grid {_ROW}, name text, description text, date text, scene_width integer, scene_height integer, "
    "unique(name)",
    "gr_cdct_text_item": f"gtextid {_ROW}, {_PLACE}, supercatid integer, catid integer, cid integer, "
    "font_size integer, bold integer, isvisible integer, displaytext text",
    "gr_case_text_item": f"gcaseid {_ROW}, {_PLACE}, caseid integer, font_size integer, bold integer, color text, "
    "displaytext text",
    "gr_file_text_item": f"gfileid {_ROW}, {_PLACE}, fid integer, font_size integer, bold integer, color text, "
    "displaytext text",
    "gr_free_text_item": f"gfreeid {_ROW}, grid integer, freetextid integer, x integer, y integer, free_text text, "
    "font_size integer, bold integer, color text, tooltip text, ctid integer, memo_ctid integer, memo_imid integer, "
    "memo_avid integer",
    "gr_cdct_line_item": f"glineid {_ROW}, grid integer, fromcatid integer, fromcid integer, tocatid integer, "
    f"tocid integer, {_LINE}, isvisible integer, label text, arrow_mode text",
    "gr_free_line_item": f"gflineid {_ROW}, grid integer, {_ENDS}, {_LINE}, label text, arrow_mode text",
    "gr_memo_item": f"gmemoid {_ROW}, grid integer, memo_source_type text, memo_source_id integer, x integer, "
    "y integer, color text, font_size integer",
    "gr_pix_item": f"grpixid {_ROW}, grid integer, imid integer, x integer, y integer, px integer, py integer, "
    "w integer, h integer, filepath text, tooltip text, pdf_page integer",
    "gr_av_item": f"gr_avid {_ROW}, grid integer, avid integer, x integer, y integer, pos0 integer, pos1 integer, "
    "filepath text, tooltip text, color text",
    "ris": "risid integer, tag text, longtag text, value text",
    "manage_files_display": f"mfid {_ROW}, name text, tblrows text, tblcolumns text, owner text",
    "files_filter": f"filterid {_ROW}, name text, filter text, owner text",
    "coder_names": "name TEXT UNIQUE NOT NULL, visibility INTEGER NOT NULL DEFAULT 1 CHECK (visibility IN (0, 1))",
}
#: The tables of which QualCoder has a view without the coders who are switched off.
_WITH_VIEW = ("code_image", "code_text", "code_av", "annotation")


def create(database: sqlite3.Connection) -> None:
    """Make the tables and views of an empty project."""
    for name, columns in TABLES.items():
        database.execute(f"CREATE TABLE {name} ({columns})")
    for name in _WITH_VIEW:
        database.execute(
            f"CREATE VIEW {name}_visible AS SELECT t.* FROM {name} t WHERE NOT EXISTS "  # noqa: S608 (own names)
            "(SELECT 1 FROM coder_names c WHERE c.name = t.owner AND c.visibility = 0)"
        )
