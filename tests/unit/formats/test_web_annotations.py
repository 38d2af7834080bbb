"""Web Annotations: our profile says places in the model's words; what other programs marked is found in its text."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from documents import random_project
from hypothesis import example, given, settings
from hypothesis import strategies as st
from loss_checks import check_losses
from small_project import document, selection

from qdpx_compassion.errors import InputError, QdpxError
from qdpx_compassion.formats import Content, WriteOptions
from qdpx_compassion.formats.registry import by_id, for_input
from qdpx_compassion.formats.web_annotation.locating import Passage, PassageFinder
from qdpx_compassion.formats.web_annotation.selectors import fragment_columns, fragment_selectors
from qdpx_compassion.formats.web_annotation.terms import guid_of, iri_of
from qdpx_compassion.tables import TABLES

ROOT = Path(__file__).resolve().parents[3]
REAL = ROOT.parent / "shared" / "real" / "nvivo-mac-20.5-zenodo-5703624.qdpx"
SAMPLES = sorted((ROOT / "sample_projects").glob("*/*.qdpx"))
SELECTION, SOURCE, CODE, CODING = (TABLES[name].position for name in ("selections", "sources", "codes", "codings"))


def written(content: Content, folder: Path) -> dict[str, Any]:
    target = folder / "study.jsonld"
    assert by_id("web-annotation").write(content, target, WriteOptions()) == []
    found: dict[str, Any] = json.loads(target.read_bytes())
    return found


# -- our own profile ---------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100_000), st.integers(0, 3))
@example(3, 3)
def test_random_projects_come_back_without_a_loss(
    tmp_path_factory: pytest.TempPathFactory, seed: int, size: int
) -> None:
    folder = tmp_path_factory.mktemp("random")
    path = folder / "random.qde"
    path.write_bytes(random_project(seed, size))
    with by_id("qde").read(path) as content:
        assert check_losses(content, path, "web-annotation", folder / "study.jsonld") == {}


@pytest.mark.parametrize("path", [*SAMPLES, REAL], ids=lambda path: path.stem)
def test_every_passage_is_said_in_code_points_and_words(path: Path, tmp_path: Path) -> None:
    if not path.exists():
        pytest.skip("real exports are not beside the checkout (../shared/real)")
    with by_id("qdpx").read(path) as content:
        found = written(content, tmp_path)
        rows = content.project.rows
    assert found["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    items = found["first"]["items"]
    assert found["total"] == len(items)
    assert len({item["id"] for item in items} | {found["id"], found["first"]["id"]}) == len(items) + 2
    marked = [item for item in items if "qdpx:row" in item]
    assert len(marked) == len(rows["selections"])
    for item in marked:
        row = rows["selections"][item["qdpx:row"]]
        if row[0] != "PlainTextSelection":
            continue
        place, words = item["target"]["selector"]
        assert (place["type"], words["type"]) == ("TextPositionSelector", "TextQuoteSelector")
        assert (place["start"], place["end"]) == (row[SELECTION["start_index"]], row[SELECTION["end_index"]])
        assert words["exact"] == row[SELECTION["quotation"]]
    tags = [body for item in items for body in item.get("body", []) if body["purpose"] == "tagging"]
    assert len(tags) == len(rows["codings"])
    assert all(body["value"] for body in tags)


def test_a_passage_that_was_moved_and_a_tag_that_was_added_by_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "small.qde"
    path.write_bytes(document(selection(""), origin="NVivo 12"))
    with by_id("qde").read(path) as content:
        found = written(content, tmp_path)
    [item] = found["first"]["items"]
    item["target"]["selector"][0] |= {"start": 7, "end": 12}
    item["body"] = [
        {"type": "TextualBody", "purpose": "tagging", "value": "Feeling heard"},
        {"type": "TextualBody", "purpose": "tagging", "value": "new here"},
    ]
    found["first"]["items"].append(
        {"id": "urn:uuid:99999999-0000-4000-8000-000000000009", "type": "Annotation", "target": {
            "source": item["target"]["source"], "selector": {"type": "TextPositionSelector", "start": 0, "end": 6}}}
    )  # fmt: skip
    (tmp_path / "study.jsonld").write_text(json.dumps(found), encoding="utf-8")
    with by_id("web-annotation").read(tmp_path / "study.jsonld") as again:
        rows = again.project.rows
        assert [row[SELECTION["quotation"]] for row in rows["selections"]] == ["heard", "I felt"]
        assert [rows["codes"][row[CODING["code_row"]]][CODE["name"]] for row in rows["codings"]] == [
            "Feeling heard", "new here",
        ]  # fmt: skip


@given(
    st.fixed_dictionaries(
        {name: st.integers(-10, 10_000) for name in ("first_x", "first_y", "second_x", "second_y")}
        | {"page": st.one_of(st.none(), st.integers(0, 500))}
        | {name: st.one_of(st.none(), st.integers(0, 10**8)) for name in ("begin", "end")}
    )
)
def test_areas_pages_and_times_come_back_from_fragments(columns: dict[str, Any]) -> None:
    for axis in ("x", "y"):
        columns[f"first_{axis}"], columns[f"second_{axis}"] = sorted(
            (columns[f"first_{axis}"], columns[f"second_{axis}"])
        )
    if None in (columns["begin"], columns["end"]):
        columns["begin"] = columns["end"] = None
    assert fragment_columns(fragment_selectors(columns)) == {
        name: value for name, value in columns.items() if value is not None
    }


@pytest.mark.parametrize(
    ("value", "columns"),
    [
        ("t=10", {"begin": 10_000}),
        ("t=,2.5", {"begin": 0, "end": 2500}),
        ("t=npt:1.001,2", {"begin": 1001, "end": 2000}),
        ("xywh=pixel:1,2,3,4", {"first_x": 1, "first_y": 2, "second_x": 4, "second_y": 6}),
        ("#page=3", {"page": 2}),
        ("xywh=percent:1,2,3,4", {}),
        ("chapter=1", {}),
    ],
)
def test_fragments_of_others_are_read(value: str, columns: dict[str, int]) -> None:
    assert fragment_columns([{"type": "FragmentSelector", "value": value}]) == columns


@given(st.text(st.characters(blacklist_categories=["Cs"])))
@example("{ABC}")
@example("AAAAAAAA-0000-4000-8000-00000000000A")
def test_identifiers_come_back_from_their_iris(guid: str) -> None:
    assert guid_of(iri_of(guid)) == guid


# -- what others marked ------------------------------------------------------------------------------------------------

TEXT = "I felt 🙂 heard.\r\nShe asked, and I felt heard again.\r\nI felt heard by señora.\r\n"


@pytest.mark.parametrize(
    ("passage", "quotation", "at"),
    [
        (Passage("heard", start=9, end=14), "heard", 9),  # code points
        (Passage("heard", start=10, end=15), "heard", 9),  # UTF-16 units
        (Passage("She asked", start=17, end=26), "She asked", 17),
        (Passage("She asked", start=16, end=25), "She asked", 17),  # line ends counted once
        (Passage("felt heard", prefix="and I ", suffix=" again"), "felt heard", 34),
        (Passage("felt heard", suffix=" by señora"), "felt heard", 55),
        (Passage("heard", start=50, end=55), "heard", 60),  # another place is said: the nearest
        (Passage("heard. She"), "heard.\r\nShe", 9),
        (Passage(None, start=2, end=6), "felt", 2),
    ],
)
def test_a_passage_is_found_by_its_words_and_place(passage: Passage, quotation: str, at: int) -> None:
    first, last = PassageFinder(TEXT).find(passage) or (0, 0)
    assert (TEXT[first:last], first) == (quotation, at)


@pytest.mark.parametrize("passage", [Passage("never said"), Passage(""), Passage("  "), Passage(None, start=5, end=5)])
def test_words_that_are_not_in_the_text_are_nowhere(passage: Passage) -> None:
    assert PassageFinder(TEXT).find(passage) is None


def recogito() -> list[dict[str, Any]]:
    return [
        {
            "@context": "http://www.w3.org/ns/anno.jsonld",
            "id": "#a1b2",
            "type": "Annotation",
            "body": [
                {"type": "TextualBody", "purpose": "tagging", "value": "Being heard", "creator": {"id": "u1"}},
                {"type": "TextualBody", "purpose": "commenting", "value": "Strong."},
            ],
            "target": {
                "source": "interview.txt",
                "selector": [
                    {"type": "TextQuoteSelector", "exact": "heard again"},
                    {"type": "TextPositionSelector", "start": 41, "end": 52},
                ],
            },
            "creator": {"id": "https://example.org/u1", "name": "Anna"},
            "created": "2024-01-02T03:04:05Z",
        },
        {
            "type": "Annotation",
            "body": {"type": "TextualBody", "value": "A note on all of it"},
            "target": "interview.txt",
        },
    ]


def hypothesis_rows() -> dict[str, Any]:
    selectors = [
        {"type": "RangeSelector", "startContainer": "/p[1]", "startOffset": 0, "endContainer": "/p[1]", "endOffset": 3},
        {"type": "TextPositionSelector", "start": 41, "end": 52},
        {"type": "TextQuoteSelector", "exact": "heard again", "prefix": "felt ", "suffix": "."},
    ]
    row = {
        "id": "x7", "user": "acct:anna@hypothes.is", "uri": "https://example.org/a/interview.txt", "text": "Strong.",
        "tags": ["Being heard"], "created": "2024-01-02T03:04:05Z", "updated": "2024-01-03T03:04:05Z",
        "target": [{"source": "https://example.org/a/interview.txt", "selector": selectors}],
    }  # fmt: skip
    return {"total": 1, "rows": [row]}


def paged() -> dict[str, Any]:
    page = {"type": "AnnotationPage", "items": recogito()}
    return {"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationCollection", "first": page}


@pytest.mark.parametrize("beside", [True, False], ids=["with the text", "without"])
@pytest.mark.parametrize("made", [recogito, hypothesis_rows, paged])
def test_annotations_of_other_programs_are_read(made: Callable[[], Any], beside: bool, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(made()), encoding="utf-8")
    if beside:
        (tmp_path / "interview.txt").write_bytes(TEXT.encode())
    assert for_input(path).info.id == "web-annotation"
    with by_id("web-annotation").read(path) as content:
        rows = content.project.rows
        [row] = rows["selections"]
        assert row[SELECTION["quotation"]] == "heard again"
        assert row[SELECTION["description"]] == "Strong."
        assert [code[CODE["name"]] for code in rows["codes"]] == ["Being heard"]
        assert [user[1].lower() for user in rows["users"]][:1] == ["anna"]
        assert [coding[CODING["creation_date_time"]] for coding in rows["codings"]] == ["2024-01-02T03:04:05Z"]
        assert rows["sources"][0][SOURCE["name"]] == "interview.txt"
        told = {finding.code for finding in content.project.findings}
        assert told == (set() if beside else {"text-of-passages"})
        [file] = content.files()
        assert b"".join(file.chunks()) == (TEXT.encode() if beside else b"heard again")
        assert by_id("qdpx").write(content, tmp_path / "study.qdpx", WriteOptions()) == []
    with by_id("qdpx").read(tmp_path / "study.qdpx") as again:
        assert [row[SELECTION["quotation"]] for row in again.project.rows["selections"]] == ["heard again"]


def test_pictures_recordings_and_pages_that_others_marked_are_read(tmp_path: Path) -> None:
    def marked(source: str, value: str) -> dict[str, Any]:
        target = {"source": source, "selector": {"type": "FragmentSelector", "value": value}}
        return {"type": "Annotation", "target": target, "body": {"purpose": "tagging", "value": "x"}}

    found = [
        marked("a.mp3", "t=1,2"), marked("b.mp4", "t=1,2"), marked("c.png", "xywh=1,2,3,4"), marked("d.pdf", "page=2"),
        {"type": "Annotation", "target": "e.mp4#t=3,4", "body": {"purpose": "tagging", "value": "x"}},
        {"type": "Annotation", "target": {"source": "c.png", "selector": {"type": "SvgSelector", "value": "<svg/>"}}},
    ]  # fmt: skip
    path = tmp_path / "export.jsonld"
    path.write_text(json.dumps(found), encoding="utf-8")
    with by_id("web-annotation").read(path) as content:
        kinds = [source[0] for source in content.project.rows["sources"]]
        assert kinds[:5] == ["AudioSource", "VideoSource", "PictureSource", "PDFSource", "VideoSource"]
        assert len(content.project.rows["codings"]) == 5
        assert "selector-unknown" in {finding.code for finding in content.project.findings}


@pytest.mark.parametrize(
    ("target", "selector", "kind"),
    [
        ("https://example.org/p.png", None, "PictureSource"),
        ("https://example.org/p.JPG", {"type": "SvgSelector", "value": "<svg/>"}, "PictureSource"),
        ("https://example.org/talk.mp3", None, "AudioSource"),
        ("https://example.org/talk.mp4", None, "VideoSource"),
        ("https://example.org/canvas/1", None, "TextSource"),
    ],
)
def test_a_picture_or_recording_is_no_text_although_no_place_in_it_is_marked(
    target: str, selector: object, kind: str, tmp_path: Path
) -> None:
    about = {"source": target, "selector": selector} if selector else target
    tag = {"type": "TextualBody", "purpose": "tagging", "value": "Care"}
    path = tmp_path / "export.jsonld"
    path.write_text(json.dumps([{"type": "Annotation", "body": tag, "target": about}]), encoding="utf-8")
    with by_id("web-annotation").read(path) as content:
        assert [row[0] for row in content.project.rows["sources"]] == [kind]
        told = {finding.code for finding in content.project.findings} - {"text-of-passages"}
        assert told == ({"selector-unknown"} if selector else set())


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_said_of_a_whole_picture_is_of_the_picture_whose_areas_are_marked(order: int, tmp_path: Path) -> None:
    tag = {"type": "TextualBody", "purpose": "tagging", "value": "Care"}
    area = {"type": "FragmentSelector", "value": "xywh=1,2,3,4"}
    targets = ["https://example.org/canvas/1", {"source": "https://example.org/canvas/1", "selector": area}]
    path = tmp_path / "export.jsonld"
    annotations = [{"type": "Annotation", "body": tag, "target": target} for target in targets[::order]]
    path.write_text(json.dumps(annotations), encoding="utf-8")
    with by_id("web-annotation").read(path) as content:
        assert [row[0] for row in content.project.rows["sources"]] == ["PictureSource"]
        assert len(content.project.rows["codings"]) == 2


def test_passages_that_the_text_does_not_have_are_counted(tmp_path: Path) -> None:
    (tmp_path / "interview.txt").write_text("Nothing of that.", encoding="utf-8")
    (tmp_path / "export.jsonld").write_text(json.dumps(recogito()), encoding="utf-8")
    with by_id("web-annotation").read(tmp_path / "export.jsonld") as content:
        assert not content.project.rows["selections"]
        assert {finding.code for finding in content.project.findings} == {"passage-not-found"}


def test_a_source_is_looked_for_beside_the_file_only(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_bytes(TEXT.encode())
    inner = tmp_path / "inner"
    inner.mkdir()
    for name in ("../secret.txt", "..%2Fsecret.txt", "file:///../secret.txt", "..\\secret.txt"):
        found = recogito()
        found[0]["target"]["source"] = name
        (inner / "export.jsonld").write_text(json.dumps(found), encoding="utf-8")
        with by_id("web-annotation").read(inner / "export.jsonld") as content:
            assert all(file.size < len(TEXT) for file in content.files())


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "{}", "[1, null, [[]]]", '{"type": "AnnotationCollection"}', '{"rows": [1]}',
        '{"qdpx:profile": "qdpx-compassion-annotations", "qdpx:version": 2}',
        '{"qdpx:profile": "qdpx-compassion-annotations", "qdpx:version": 1}',
        '{"qdpx:profile": "qdpx-compassion-annotations", "qdpx:version": 1, "qdpx:codes": 3}',
        '{"qdpx:profile": "qdpx-compassion-annotations", "qdpx:version": 1, "qdpx:project": [{}], "qdpx:reading": "x"}',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_other_files_are_refused_in_words(text: str, tmp_path: Path) -> None:
    path = tmp_path / "study.jsonld"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        by_id("web-annotation").read(path)


def of_our_own(folder: Path) -> Any:
    path = folder / "small.qde"
    path.write_bytes(document(selection("")))
    with by_id("qde").read(path) as content:
        return written(content, folder)


@pytest.mark.parametrize("made", [of_our_own, recogito, hypothesis_rows])
def test_annotations_damaged_anywhere_are_read_or_refused(made: Callable[..., Any], tmp_path: Path) -> None:
    found = made(tmp_path) if made is of_our_own else made()
    (tmp_path / "interview.txt").write_bytes(TEXT.encode())

    def places(value: Any) -> list[tuple[Any, Any]]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [place for key, one in inner for place in [(value, key), *places(one)]]

    others: tuple[Any, ...] = (None, -3, "x", [None], {"id": 5}) if made is not of_our_own else (3, {"id": 5})
    for holder, key in places(found):
        kept = holder[key]
        for other in others:
            holder[key] = other
            (tmp_path / "study.jsonld").write_text(json.dumps(found), encoding="utf-8")
            try:
                with by_id("web-annotation").read(tmp_path / "study.jsonld") as content:
                    by_id("qdpx").losses(content)
            except QdpxError:
                pass
        holder[key] = kept
