"""Pages and Markdown of coded documents: the texts as they are, the quotations where they are, nothing that runs."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from coded_files import Shown, content_of, markdown_documents, markdown_tokens, page_documents
from format_cases import HARD_TEXTS, random_content
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from small_projects import Small

from qdpx_compassion.errors import OutputError, UsageError
from qdpx_compassion.formats import Content, WriteOptions
from qdpx_compassion.formats.registry import by_id, for_input, for_output
from qdpx_compassion.markdown_text import escape_line
from qdpx_compassion.refi.characters import xml_text
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.tables import TABLES, Project

ROOT = Path(__file__).resolve().parents[4]
SAMPLES = ROOT / "sample_projects"
HOSTILE = (
    "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\"><b>bold</b> [a](javascript:x) "
    "![i](http://example.org/i.png) `code` *em* __st__ ~~s~~ $x$ &lt; <!-- c --> </style> {{ 7*7 }} | a | http://e.org"
)
Reader = Callable[[Path], list[Shown]]


def read_page(path: Path) -> list[Shown]:
    return page_documents(path.read_bytes())


def read_markdown(path: Path) -> list[Shown]:
    return markdown_documents(path.read_text(encoding="utf-8"))


FORMATS = pytest.mark.parametrize(("format_id", "ending", "reader"), [
    ("coded-html", "html", read_page), ("coded-markdown", "md", read_markdown),
])  # fmt: skip


def written(content: Content, format_id: str, target: Path) -> Path:
    chosen = by_id(format_id)
    assert chosen.write(content, target, WriteOptions(force=True)) == chosen.losses(content)
    return target


def converted(project: Path, format_id: str, target: Path) -> Path:
    with for_input(project).read(project) as content:
        return written(content, format_id, target)


def plain_lines(text: str) -> list[str]:
    return [line for line in re.split("\r\n|\r|\n", xml_text(text)) if line.strip()]


@FORMATS
@pytest.mark.parametrize("sample", ["first-steps/first-steps", "values-study/values-study-nvivo"])
def test_texts_and_quotations_are_those_of_the_project(
    tmp_path: Path, sample: str, format_id: str, ending: str, reader: Reader
) -> None:
    path = SAMPLES / f"{sample}.qdpx"
    shown = {one.title: one for one in reader(converted(path, format_id, tmp_path / f"a.{ending}"))}
    project = read_project(path)
    at, source = TABLES["selections"].position, TABLES["sources"].position
    codes = [code["name"] for code in project.records("codes")]
    of_selection = {coding["owner_row"]: codes[coding["code_row"]] for coding in project.records("codings")}
    marked = 0
    for row, selection in enumerate(project.rows["selections"]):
        document = shown[project.rows["sources"][selection[at["source_row"]]][source["name"]]]
        words = re.sub("[\r\n]+", "", selection[at["quotation"]])
        numbers = [number for number, found in document.marked.items() if found == words]
        if of_selection[row] in document.title or codes.count(of_selection[row]) == 0:
            continue  # the coding of a case, of the whole text
        assert any(of_selection[row] in document.notes[number] for number in numbers), words
        marked += 1
    assert marked > 40


@FORMATS
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_text_stays_as_it_is_wherever_marks_stand(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, format_id: str, ending: str, reader: Reader
) -> None:
    pieces = st.sampled_from(
        (*HARD_TEXTS[:60], HOSTILE, "# a", "1. b", "- c", "    d", "a\n===\nb", "שלום", "⟦", "[^1]: x")
    )
    text = "".join(data.draw(st.lists(pieces | st.text(max_size=12), min_size=1, max_size=5)))
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]", "", text)  # beside a bracket they would be read as its number
    text = re.sub("[\ud800-\udfff]", "", xml_text(text)).replace("\x85", "").replace("⟦", "(").replace("\r", "\n")
    small = Small(origin="qc 1.2")
    small.text("one", text)
    for _ in range(data.draw(st.integers(0, 4))):
        ends = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
        small.coding("one", (ends[0], ends[1]), "code")
    folder = tmp_path_factory.mktemp("any")
    project = small.read(folder)
    shown = next(
        one for one in reader(written(Content(project), format_id, folder / f"a.{ending}")) if one.title == "one"
    )
    given_text = project.rows["sources"][0][TABLES["sources"].position["plain_text_content"]] or ""
    found = [line for line in shown.lines if line.strip() and not line.startswith(("Text", "Coded as a whole: code"))]
    assert found == plain_lines(given_text)
    words = set(shown.marked.values())
    for selection in project.records("selections"):
        first, last = selection["start_index"], selection["end_index"]
        quoted = re.sub("[\r\n]", "", given_text[first:last])
        assert quoted in words or not quoted.strip() or quoted.strip() == re.sub("[\r\n]", "", given_text.strip())


def hostile_project(folder: Path) -> Project:
    small = Small()
    small.text(HOSTILE, f"Before {HOSTILE} after.\n{HOSTILE}\nשלום {HOSTILE}")
    small.coding(HOSTILE, "Before", HOSTILE, by=HOSTILE, inside=f"<Description>{escape(HOSTILE)}</Description>")
    small.coding(HOSTILE, "fore <scr", "second", by="Ben")
    small.note(HOSTILE, HOSTILE)
    project = small.read(folder)
    project.rows_to_change()["codes"][0][TABLES["codes"].position["color"]] = (
        "red}</style><script>document.title='ran'</script>"
    )
    project.rows_to_change()["codes"][0][TABLES["codes"].position["description"]] = HOSTILE
    project.name = HOSTILE
    return project


def test_nothing_of_a_project_is_html_in_the_page(tmp_path: Path) -> None:
    target = written(Content(hostile_project(tmp_path)), "coded-html", tmp_path / "a.html")
    page = html.document_fromstring(target.read_text(encoding="utf-8"))
    for forbidden in ("script", "img", "iframe", "link", "form", "object"):
        assert page.find(f".//{forbidden}") is None
    attributes = [(str(name), str(value)) for element in page.iter() for name, value in element.attrib.items()]
    assert {name for name, _ in attributes} <= {
        "lang", "charset", "http-equiv", "content", "name", "id", "class", "dir", "title", "href", "aria-label",
        "data-quotations",
    }  # fmt: skip
    ids = {f"#{value}" for name, value in attributes if name == "id"}
    assert {value for name, value in attributes if name == "href"} <= ids
    [style] = page.findall(".//style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    [policy] = [one.get("content") for one in page.iter("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert ("dir", "auto") in attributes


def test_nothing_of_a_project_is_formatting_in_markdown(tmp_path: Path) -> None:
    target = written(Content(hostile_project(tmp_path)), "coded-markdown", tmp_path / "a.md")
    tokens = markdown_tokens(target.read_text(encoding="utf-8"))
    assert [token.content.strip() for token in tokens if token.type == "html_block"] == [
        "<!-- qdpx-compassion: coded documents -->"
    ]
    children = [child for token in tokens for child in token.children or ()]
    allowed = {"text", "text_special", "strong_open", "strong_close", "em_open", "em_close", "footnote_ref",
               "footnote_anchor"}  # fmt: skip
    assert {child.type for child in children} <= allowed
    shown = "".join(child.content for child in children)
    assert HOSTILE in shown
    assert not {"bullet_list_open", "ordered_list_open", "table_open", "code_block", "fence", "hr"} & {
        token.type for token in tokens
    }


@pytest.mark.parametrize("line", [
    "1. one", "12) two", "(3) three", "- a", "+ a", "* a", "# a", "> a", "    code", "\tcode", "===", "---", "a.",
    "B. so", "iv) x", ": term", "~~~", "```", "| a |", "[^1]: note", "[a]: http://x", "% title",
    "  both  ", "\u00a0x\u00a0",
    "www.x.org",
    "http://x.org", "a@b.org", "&amp;", "<b>", "_a_ *b* __c__", "\\*", "Yes.", "I: hm", "...", ":smile:", "$x$ and $y$",
])  # fmt: skip
def test_a_line_of_markdown_is_what_it_was(line: str) -> None:
    tokens = markdown_tokens(f"before\n\n{escape_line(line)}\n\nafter")
    inline = [token for token in tokens if token.type == "inline"]
    assert len(inline) == 3
    assert {child.type for child in inline[1].children or ()} <= {"text", "text_special"}
    assert "".join(child.content for child in inline[1].children or ()) == line


def test_no_memo_is_lost(tmp_path: Path) -> None:
    small = Small()
    small.text("Interview", "I felt heard and seen.")
    selection = small.coding("Interview", "heard", "Heard", inside="<Description>A comment.</Description>")
    small.note("On the quotation", "Why this one.")
    small.note("Free", "A thought.\n\nMore of it.")
    small.note("Linked", "An annotation.")
    small.note("Coded", "Memos can be coded.", inside="<Description>Memo's own comment</Description>")
    xml = small.xml()
    note = re.search('<Note guid="([^"]+)" name="On the quotation"', xml)
    linked = re.search('<Note guid="([^"]+)" name="Linked"', xml)
    assert note
    assert linked
    xml = xml.replace("A comment.</Description>", "A comment.</Description>", 1)
    codings = re.search(f'guid="{selection}".*?(</PlainTextSelection>)', xml)
    assert codings
    xml = xml[: codings.start(1)] + f'<NoteRef targetGUID="{note[1]}"/>' + xml[codings.start(1) :]
    link = f'<Link guid="{"1" * 8}-0000-4000-8000-000000000001" originGUID="{selection}" targetGUID="{linked[1]}"/>'
    xml = xml.replace("</Project>", f"<Links>{link}</Links></Project>")
    path = tmp_path / "memos.qde"
    path.write_text(xml, encoding="utf-8")
    for format_id, ending, reader in (("coded-html", "html", read_page), ("coded-markdown", "md", read_markdown)):
        target = converted(path, format_id, tmp_path / f"a.{ending}")
        shown = reader(target)
        said = next(one for one in shown if one.title == "Interview").notes[1]
        for part in ("Heard", "A comment.", "On the quotation", "Why this one.", "Linked", "An annotation."):
            assert part in said, (format_id, part)
        assert [one.title for one in shown if one.title in ("On the quotation", "Linked")] == []
        whole = target.read_text(encoding="utf-8")
        for part in ("Free", "A thought.", "More of it.", "Memos can be coded.", "own comment"):
            assert part in whole, (format_id, part)


def test_places_in_pictures_and_recordings_are_listed(tmp_path: Path) -> None:
    with for_input(path := ROOT.parent / "shared" / "real" / "atlasti-mac-8.4-spec-annex-a2.qde").read(path) as content:
        target = written(content, "coded-html", tmp_path / "a.html")
        rows = content.project.rows["selections"]
        shown = page_documents(target.read_bytes())
        assert sum(len(one.notes) for one in shown) >= len({tuple(map(str, row[5:30])) for row in rows}) - 2
        assert any("pixels" in note or "page" in note or ":" in note for one in shown for note in one.notes.values())


if not (ROOT.parent / "shared" / "real").exists():
    test_places_in_pictures_and_recordings_are_listed = pytest.mark.skip("needs the real exports beside the checkout")(
        test_places_in_pictures_and_recordings_are_listed
    )


@FORMATS
@pytest.mark.parametrize("seed", range(12))
def test_any_project_is_written_and_what_is_not_listed_as_lost_is_there(
    tmp_path: Path, seed: int, format_id: str, ending: str, reader: Reader
) -> None:
    content = random_content(seed, tmp_path)
    rows = content.project.rows
    if not rows["sources"]:
        with pytest.raises(OutputError, match="need documents"):
            by_id(format_id).losses(content)
        return
    target = written(content, format_id, tmp_path / f"a.{ending}")
    lost = {loss.kind: loss.count for loss in by_id(format_id).losses(content)}
    if format_id == "coded-html":
        whole = content_of(html.document_fromstring(target.read_text(encoding="utf-8")))
    else:
        tokens = markdown_tokens(target.read_text(encoding="utf-8"))
        whole = "\n".join(
            "".join(c.content for c in token.children or ()) for token in tokens if token.type == "inline"
        )
    whole = " ".join(whole.split())
    lines = {" ".join(line.split()) for document in reader(target) for line in document.lines}
    for table in TABLES:
        for column in ("name", "description", "plain_text_content"):
            if column not in TABLES[table].position or f"{table}.{column}" in lost or table in lost:
                continue
            if table in ("users", "links"):  # shown where they did something
                continue
            for value in filter(None, content.project.column(table, column)):
                for line in plain_lines(value):
                    line = " ".join(line.split())
                    assert line in lines or line in whole, (table, column, line)
    assert lost.get("codings", 0) == 0
    assert lost.get("sets", 0) == len(rows["sets"])


def test_the_same_project_gives_the_same_bytes(tmp_path: Path) -> None:
    path = SAMPLES / "first-steps" / "first-steps.qdpx"
    for format_id, ending in (("coded-html", "html"), ("coded-markdown", "md")):
        one, other = (converted(path, format_id, tmp_path / f"{name}.{ending}") for name in "ab")
        assert one.read_bytes() == other.read_bytes()


def test_they_are_written_by_their_names_and_never_read(tmp_path: Path) -> None:
    path = SAMPLES / "first-steps" / "first-steps.qdpx"
    assert for_output(tmp_path / "a.html").info.id == "coded-html"
    assert for_output(tmp_path / "a.md").info.id == "coded-markdown"
    for format_id, name in (("coded-html", "a.html"), ("coded-markdown", "a.md"), ("coded-markdown", "b.md")):
        target = converted(path, format_id, tmp_path / name)
        with pytest.raises(UsageError, match="is written, not read"):
            for_input(target)


def test_codes_alone_are_an_outline(tmp_path: Path) -> None:
    project = read_project(SAMPLES / "first-steps" / "first-steps.qdpx")
    for name in ("sources", "selections", "codings"):
        project.rows_to_change()[name] = []
    with pytest.raises(OutputError, match="--to outline") as error:
        by_id("coded-markdown").write(Content(project), tmp_path / "a.md", WriteOptions())
    assert "outline" in str(error.value.remedy)
    assert not (tmp_path / "a.md").exists()
