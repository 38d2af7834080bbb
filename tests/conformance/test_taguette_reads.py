"""What we write is read by Taguette's own code, and what it makes by ours: places, quotations, counts."""

import csv
import io
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from format_cases import HARD_TEXTS, random_content
from taguette_program import needs_taguette, run_taguette

from qdpx_compassion.formats import Content, MediaFile, WriteOptions
from qdpx_compassion.formats.registry import by_id
from qdpx_compassion.formats.taguette.html import plain_text
from qdpx_compassion.tables import TABLES

pytestmark = needs_taguette

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real" / "nvivo-mac-20.5-zenodo-5703624.qdpx"
SAMPLE = ROOT / "sample_projects" / "values-study" / "values-study-nvivo.qdpx"
SOURCE, SELECTION = TABLES["sources"].position, TABLES["selections"].position
NASTY = (
    "\ufeffI felt 🙂 heard\r\n\te\u0301 señora & <b>not bold</b> &amp; &nbsp; \xa0 \"quoted\" 'so'\0\x0b\x0c\x1f\r\r\n"
    "👩\u200d⚕️ 한국\u2028\u2029 \x85 \ufffe\uffff\x7f\x9f \n\n\n  two before and after  \n/> --> ]]> <!-- x\n"
)


def check_read(content: Content, folder: Path) -> list[dict[str, Any]]:
    target = folder / "project.sqlite3"
    losses = {loss.kind: loss.count for loss in by_id("taguette").write(content, target, WriteOptions())}
    read = run_taguette("read", target)
    rows = content.project.rows
    highlights = [one for document in read["documents"] for one in document["highlights"]]
    assert all(document["safe"] for document in read["documents"])
    assert all(one["safe"] for one in highlights)
    # what Taguette cuts out of the document is what stands beside as snippet, and what our text says there
    assert [one["plain"] for one in highlights] == [one["snippet"] for one in highlights]
    assert read["imported"] == len(highlights)
    assert len(read["tags"]) == len(rows["codes"])
    assert sum(tag[2] for tag in read["tags"]) == len(rows["codings"]) - losses.get("codings", 0)
    with by_id("taguette").read(target) as again:
        quoted = [row[SELECTION["quotation"]] for row in again.project.rows["selections"]]
    # (line ends before the first paragraph are no part of a passage to an HTML parser)
    assert [one["extracted"].lstrip("\n") for one in highlights] == [text.lstrip("\n") for text in quoted]
    check_exports(content, folder, read)
    return highlights


def check_exports(content: Content, folder: Path, read: dict[str, Any]) -> None:
    """Our spreadsheets are those that Taguette exports, but for the guard of cells that spreadsheets would run.

    Taguette leaves out highlights without tags.
    """
    by_id("taguette-highlights").write(content, folder / "highlights.csv", WriteOptions())
    by_id("taguette-tags").write(content, folder / "tags.csv", WriteOptions())
    ours = [row for row in rows_of(folder / "highlights.csv") if row[2]]
    assert sorted(ours) == sorted(map(guarded, read["highlights_csv"]))
    assert rows_of(folder / "tags.csv") == list(map(guarded, read["tags_csv"]))


def guarded(row: list[str]) -> list[str]:
    return ["'" + cell if cell[:1] in tuple("=+-@＝＋－＠\t\n'") else cell for cell in row]


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))


def check_quotations(content: Content, highlights: list[dict[str, Any]]) -> None:
    """Every quotation of a text is a highlight, in the same words."""
    ours = sorted(
        plain_text(row[SELECTION["quotation"]].replace("\r\n", "\n"))
        for row in content.project.rows["selections"]
        if row[0] == "PlainTextSelection" and row[SELECTION["start_index"]] != row[SELECTION["end_index"]]
    )
    assert sorted(one["plain"] for one in highlights) == ours


@pytest.mark.skipif(not REAL.exists(), reason="real exports are not beside the checkout (../shared/real)")
def test_a_real_export_is_read_by_taguette_with_all_its_quotations(tmp_path: Path) -> None:
    with by_id("qdpx").read(REAL) as content:
        check_quotations(content, check_read(content, tmp_path))


def test_a_sample_is_read_by_taguette_with_all_its_quotations(tmp_path: Path) -> None:
    with by_id("qdpx").read(SAMPLE) as content:
        check_quotations(content, check_read(content, tmp_path))


@pytest.mark.parametrize("seed", range(3))
def test_random_projects_are_read_by_taguette(seed: int, tmp_path: Path) -> None:
    check_read(random_content(seed, tmp_path, size=3), tmp_path)


def test_texts_and_names_that_programs_like_to_change_are_the_same_in_taguette(tmp_path: Path) -> None:
    content = random_content(4, tmp_path, size=2)
    rows = content.project.rows_to_change()
    for number, text in enumerate((NASTY, *(text for text in HARD_TEXTS if len(text) < 100))):
        data = text.encode()
        path = f"internal://hard-{number}.txt"
        content.media[path] = MediaFile(f"hard-{number}.txt", len(data), partial(lambda held: iter((held,)), data))
        source: list[Any] = [None] * len(SOURCE)
        source[0], source[SOURCE["guid"]], source[SOURCE["plain_text_path"]] = "TextSource", f"hard-{number}", path
        source[SOURCE["name"]] = text[:300]
        rows["sources"].append(source)
        length = len(text.removeprefix("\ufeff"))
        for first in range(0, length, 3 if text == NASTY else 9):
            selection: list[Any] = [None] * len(SELECTION)
            selection[0], selection[1], selection[2] = (
                "PlainTextSelection",
                len(rows["sources"]) - 1,
                f"{number}-{first}",
            )
            selection[SELECTION["start_index"]] = selection[SELECTION["start_position"]] = first
            selection[SELECTION["end_index"]] = selection[SELECTION["end_position"]] = min(first + 8, length)
            rows["selections"].append(selection)
    check_read(content, tmp_path)


DOCUMENTS = {
    "nested marks": (
        "<p>I <b>felt <i>heard <u>and</u></i> seen</b> 🙂 <q>by <em>her</em></q>.</p><p>Señora <s>x</s>!</p>"
    ),
    "misnested": "<p>I <b>felt <i>heard</b> and</i> seen <b>again.<p>A paragraph <b>that never ends",
    "lists and tables": (
        "<h1>Interview</h1>\n<ul><li>one</li><li>two\nlines</li></ul>\n<table><thead><tr><th>a</th><th>b</th></tr>"
        "</thead><tbody>\n<tr><td>1</td>\n<td>2<br>3<br/>4</td></tr></tbody></table>after"
    ),
    "entities": "<p>&lt;b&gt; &amp;amp; &nbsp;&#128578; &eacute; &copy &notanentity; &#0; &#150; caf&eacute</p>",
    "white space": "\n\n  <p>  lead\n and\ttab  </p>\r\n<pre>\n kept\n  as is\r\n</pre>\n  text outside\n <p></p> \n",
    "comments and scripts": (
        "<title>t</title><!-- a <p>b --><script>var x = '<p>';</script><style>p{}</style><p>a<!-- c -->b"
    ),
    "marks of an export": (
        '<p>I <span class="highlight">felt <span class="highlight">heard</span></span><mark>!</mark></p>'
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_highlights_that_taguette_made_are_read_with_their_words(name: str, tmp_path: Path) -> None:
    (tmp_path / "in.html").write_bytes(f"<html><body>{DOCUMENTS[name]}".encode())
    made = run_taguette("make", tmp_path / "made.sqlite3", tmp_path / "in.html")
    with by_id("taguette").read(tmp_path / "made.sqlite3") as content:
        rows = content.project.rows
        quoted = [row[SELECTION["quotation"]] for row in rows["selections"]]
        assert len(quoted) == len(made["quotations"]) > 0
        for ours, theirs in zip(quoted, made["quotations"], strict=True):
            assert "".join(ours.split()) == "".join(theirs.split())
        assert [code[TABLES["codes"].position["name"]] for code in rows["codes"]] == ["heard", "deeply"]
        assert len(rows["codings"]) == 2 * len(quoted)
        assert {row[TABLES["codings"].position["creating_user"]] for row in rows["codings"]} == {rows["users"][0][0]}
        texts = "".join(b"".join(file.chunks()).decode() for file in content.files())
        assert "\n\n\n\n" not in texts.strip()


@pytest.mark.parametrize("revision", ["382db36f20f4", "b23f3b7a638e", "679f625e6e6a"])
def test_databases_of_older_versions_say_the_same(revision: str, tmp_path: Path) -> None:
    target = tmp_path / "project.sqlite3"
    with by_id("qdpx").read(SAMPLE) as content:
        by_id("taguette").write(content, target, WriteOptions())
    with by_id("taguette").read(target) as new:
        assert not new.project.findings
    run_taguette("downgrade", target, revision)
    with by_id("taguette").read(target) as old:
        assert {finding.code for finding in old.project.findings} == {"database-version"}
        assert old.project.rows == new.project.rows
