"""The promises of --for on random texts: quotations stay, coders stay, and the framework comes out again."""

import zipfile
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import quoteattr

import pytest
from command_line import FIRST_MAPPING, FIRST_STEPS, VALUES_MAPPING, VALUES_STUDY
from documents import STYLES, random_project
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from independent_reader import is_valid, opened, text_codings
from lxml import etree

from qdpx_compassion import api
from qdpx_compassion.api.targets import destination, write_for
from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.targets.profiles import targets

READING = [one.id for one in targets() if one.imports]
ORIGINS = ["NVivo 20.1", "ATLAS.ti 23.2", "MAXQDA 24", "QualCoder-3.8", "somebody's own"]
CODES = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 4)]
USERS = [f"10000000-0000-4000-8000-00000000000{number}" for number in range(1, 3)]
SOURCE = "20000000-0000-4000-8000-000000000001"
_WORDS = ["I felt heard", "🙂", "naïve", "and then", "思いやり", "👩‍👩‍👧", "e\u0301t\u00e9", "nobody", "\ufeffmark"]
_ENDS = ["\r\n", "\n", " "]


@st.composite
def studies(draw: st.DrawFn) -> tuple[str, bool, str, list[tuple[int, int, list[tuple[int, int]]]]]:
    """A text, whether it has a mark, who wrote it, and passages with (code, coder) pairs."""
    parts = draw(st.lists(st.tuples(st.sampled_from(_WORDS), st.sampled_from(_ENDS)), min_size=1, max_size=12))
    words = [word + end for word, end in parts]
    starts = [len("".join(words[:number])) for number in range(len(words))]
    coding = st.tuples(st.integers(0, 2), st.integers(0, 1))
    passages = []
    for _ in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, len(words) - 1))
        last = draw(st.integers(first, len(words) - 1))
        codings = draw(st.lists(coding, min_size=0, max_size=3))
        passages.append((starts[first], starts[last] + len(parts[last][0]), codings))
    return "".join(words), draw(st.booleans()), draw(st.sampled_from(ORIGINS)), passages


def written(path: Path, study: tuple[str, bool, str, list[tuple[int, int, list[tuple[int, int]]]]]) -> None:
    """The study as the program that it says writes it: NVivo counts UTF-16 units, two programs CR LF as one."""
    text, marked, origin, passages = study

    def place(index: int) -> int:
        if origin.startswith("NVivo"):
            return len(text[:index].encode("utf-16-le")) // 2
        return index - text.count("\r\n", 0, index) * origin.startswith(("ATLAS.ti", "QualCoder"))

    number = 0
    body = []
    for at, (start, end, codings) in enumerate(passages):
        inside = ""
        for code, user in codings:
            number += 1
            inside += (
                f'<Coding guid="30000000-0000-4000-8000-{number:012}" creatingUser="{USERS[user]}">'
                f'<CodeRef targetGUID="{CODES[code]}"/></Coding>'
            )
        body.append(
            f'<PlainTextSelection guid="40000000-0000-4000-8000-{at:012}" name="" startPosition="{place(start)}" '
            f'endPosition="{place(end)}" creatingUser="{USERS[0]}">{inside}</PlainTextSelection>'
        )
    document = (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="p" '
        f"origin={quoteattr(origin)}><Users>"
        + "".join(f'<User guid="{guid}" name="u{n}"/>' for n, guid in enumerate(USERS))
        + "</Users><CodeBook><Codes>"
        + "".join(f'<Code guid="{guid}" name="same" isCodable="1"/>' for guid in CODES)
        + f'</Codes></CodeBook><Sources><TextSource guid="{SOURCE}" name="A" plainTextPath="internal://a.txt">'
        + "".join(body)
        + "</TextSource></Sources></Project>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Sources/a.txt", ("\ufeff" if marked else "").encode() + text.encode())
        archive.writestr("study.qde", document)


def plainly(text: str) -> str:
    """A quotation without what --for changes: line ends, and marks that belong before a text."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")


def quoted(path: Path, reading: str | None = None) -> Counter[tuple[str, str, str]]:
    """Quotation, code and coder of every coding, as the package reads them."""
    project = read_project(path, reading=reading)
    selections = list(project.records("selections"))
    return Counter(
        (
            plainly(selections[coding["owner_row"]]["quotation"] or ""),
            coding["code_guid"].lower(),
            (coding["creating_user"] or "").lower(),
        )
        for coding in project.records("codings")
    )


@pytest.mark.parametrize("program", READING)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(studies())
@example(("🙂\r\nI felt heard\r\n", True, "NVivo 20.1", [(3, 15, [(0, 0), (0, 1), (1, 1)])]))
@example(("a\r\nb\r\n", False, "ATLAS.ti 23.2", [(0, 1, [(0, 0)]), (3, 4, [(1, 0), (1, 1)])]))
@example(
    ("\ufeffmark\r\n" + "I felt heard\r\n" * 10, False, "NVivo 20.1", [(0, 5, [(0, 0)]), (7, 19, []), (21, 145, [])])
)
def test_every_quotation_stays_with_its_code_and_coder(
    program: str, study: tuple[str, bool, str, list[tuple[int, int, list[tuple[int, int]]]]]
) -> None:
    with TemporaryDirectory() as folder:
        path, out = Path(folder) / "in.qdpx", Path(folder) / "out.qdpx"
        written(path, study)
        before = quoted(path)
        target = write_for(path, out, program).target
        after = text_codings(opened(out), utf16=target.reading.unit == "utf16")
        assert sorted((plainly(text), *rest) for text, *rest in after.elements()) == sorted(before.elements())
        # said, because a few words of nonsense show nothing of how they are counted
        unit = "utf16" if target.reading.unit == "utf16" else "codepoints"
        assert quoted(out, reading=f"{unit},exclusive,nobom") == before
        assert is_valid(opened(out).root)


@pytest.mark.parametrize("program", ["nvivo", "atlasti", "maxqda", "qualcoder", "quirkos"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.sampled_from(STYLES), st.booleans())
@example(8, "plain", True)  # a value that holds ]]>
def test_a_valid_document_stays_valid_whatever_it_holds(program: str, seed: int, style: str, bare: bool) -> None:
    with TemporaryDirectory() as folder:
        path, out = (Path(folder) / f"{name}{'.qde' if bare else '.qdpx'}" for name in ("in", "out"))
        data = random_project(seed, 1 + seed % 3, style=style)
        if bare:
            path.write_bytes(data)
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("project.qde", data)
        write_for(path, out, program)
        after = out.read_bytes() if bare else opened(out).members["project.qde"]
        assert is_valid(etree.fromstring(after))
        assert Counter(_counts(path)) - Counter(_counts(out)) == Counter()  # nothing is lost


@pytest.mark.parametrize("program", READING)
@pytest.mark.parametrize(
    ("project", "mapping"), [(FIRST_STEPS, FIRST_MAPPING), (VALUES_STUDY, VALUES_MAPPING)], ids=["first", "values"]
)
def test_what_was_enriched_for_a_program_can_be_stripped(
    program: str, project: Path, mapping: Path, tmp_path: Path
) -> None:
    with destination(tmp_path / "e.qdpx", program) as made:
        api.enrich(project, mapping, made.path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.qdpx"]
    stripped = api.strip(tmp_path / "e.qdpx", tmp_path / "s.qdpx")
    write_for(project, tmp_path / "direct.qdpx", program)
    assert stripped.elements["Coding"] > 50
    assert not [finding for finding in stripped.findings if finding.code == "strip-kept"]
    assert quoted(tmp_path / "s.qdpx") == quoted(tmp_path / "direct.qdpx")
    assert _counts(tmp_path / "s.qdpx") == _counts(tmp_path / "direct.qdpx")


def _counts(path: Path) -> dict[str, int]:
    project = read_project(path)
    return {name: len(rows) for name, rows in project.rows.items()}
