"""Run inside Taguette's own environment, as a process: what its code makes of a database, as JSON.

python run_taguette.py read DATABASE        what it reads, counts, extracts and exports of the first project
python run_taguette.py make DATABASE HTML   makes a project of one document, with a highlight for each word range
"""

import csv
import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.command  # type: ignore[import-not-found]
import alembic.config  # type: ignore[import-not-found]
from taguette import convert, database, export, extract  # type: ignore[import-not-found]


def read(path: str) -> dict[str, Any]:
    db = database.connect(f"sqlite:///{path}", external=True)()
    project = db.query(database.Project).one()
    documents = []
    for document in db.query(database.Document).order_by(database.Document.id):
        highlights = (
            db.query(database.Highlight)
            .filter(database.Highlight.document_id == document.id)
            .order_by(database.Highlight.id)
        )
        documents.append(
            {
                "name": document.name,
                "safe": convert.is_html_safe(document.contents),
                "length": len("".join(text(document.contents)).encode()),
                "highlights": [highlight(document, one) for one in highlights],
            }
        )
    tags = db.query(database.Tag).order_by(database.Tag.id).all()
    exported, codebook = io.StringIO(), io.StringIO()
    export.highlights_csv(db, project.id, "", exported)
    export.codebook_csv(tags, codebook)
    return {
        "name": project.name,
        "description": project.description,
        "documents": documents,
        "tags": [[tag.path, tag.description, tag.highlights_count, tag.documents_count] for tag in tags],
        "highlights_csv": list(csv.reader(io.StringIO(exported.getvalue(), newline=""))),
        "tags_csv": list(csv.reader(io.StringIO(codebook.getvalue(), newline=""))),
        "imported": imports(db, project.id),
        "commands": db.query(database.Command).count(),
    }


def highlight(document: Any, one: Any) -> dict[str, Any]:
    extracted = extract.extract(document.contents, one.start_offset, one.end_offset)
    return {
        "start": one.start_offset,
        "end": one.end_offset,
        "extracted": "".join(text(extracted)),
        "plain": convert.html_to_plaintext(extracted),
        "snippet": convert.html_to_plaintext(one.snippet),
        "safe": convert.is_html_safe(one.snippet),
        "tags": [tag.path for tag in one.tags],
    }


def text(html: str) -> list[str]:
    soup = extract.BeautifulSoup(html, "html5lib")
    return [str(node) for node in soup.body.descendants if isinstance(node, extract.NavigableString)]


def imports(db: Any, project: int) -> int:
    """Import the project into another workspace, as the server does with an uploaded file; how many highlights came."""
    with tempfile.TemporaryDirectory() as folder:
        other = database.connect(f"sqlite:///{folder}/other.sqlite3")()
        other.add(database.User(login="someone"))
        other.commit()
        database.copy_project(db, other, project, "someone")
        count = int(other.query(database.Highlight).count())
        other.close()
    return count


def make(path: str, html: str) -> dict[str, Any]:
    db = database.connect(f"sqlite:///{path}")()
    db.add(database.User(login="admin"))
    project = database.Project(name="Made by Taguette", description="")
    db.add(project)
    contents = convert.get_html_body(Path(html).read_bytes())
    document = database.Document(
        name="Interview",
        description="",
        filename="interview.html",
        text_direction=database.TextDirection.LEFT_TO_RIGHT,
        contents=contents,
        project=project,
    )
    db.add(document)
    tag = database.Tag(project=project, path="heard", description="felt heard")
    under = database.Tag(project=project, path="heard.deeply", description="")
    db.add_all([tag, under])
    db.flush()
    whole = "".join(text(contents)).encode()
    quotations = []
    for start in range(0, len(whole), 7):
        for length in (1, 5, 30, 200):
            end = min(start + length, len(whole))
            try:  # positions that the browser may give lie between characters
                passage = whole[start:end].decode()
                whole[:start].decode()
            except UnicodeDecodeError:
                continue
            if not passage.strip():
                continue
            snippet = extract.extract(contents, start, end)
            db.add(
                one := database.Highlight(
                    document=document, start_offset=start, end_offset=end, snippet=snippet, tags=[tag, under]
                )
            )
            db.flush()
            db.add(database.Command.highlight_add("admin", document, one, [tag.id, under.id]))
            quotations.append(passage)
    db.commit()
    return {"quotations": quotations, "contents": contents}


def downgrade(path: str, revision: str) -> dict[str, Any]:
    config = alembic.config.Config()
    config.set_main_option("script_location", "taguette:migrations")
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path}")
    alembic.command.downgrade(config, revision)
    return {}


if __name__ == "__main__":
    jobs: dict[str, Callable[..., dict[str, Any]]] = {"read": read, "make": make, "downgrade": downgrade}
    json.dump(jobs[sys.argv[1]](*sys.argv[2:]), sys.stdout)
