"""Quotations after sharing are those before with the names replaced, however a program counts positions."""

import re
import zipfile
from pathlib import Path
from random import Random

import pytest
from documents import STYLES, random_project
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from positions_maker import (
    COUNTINGS,
    NVIVO_MAC,
    NVIVO_WINDOWS,
    WORDS,
    Counting,
    Study,
    Style,
    archive,
    in_counting,
    study,
)

from qdpx_compassion.refi.reader import read_project
from qdpx_compassion.refi.validation import schema_findings
from qdpx_compassion.teams.share import Options, share_project
from qdpx_compassion.teams.share.names import Name

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real"
#: Longer and shorter than the name, outside the BMP, in another script, with signs that XML escapes.
PSEUDONYMS = {"Anna Smith": "P07", "Zoë": "🌻 Person", "Öztürk": "<B & Co>", "王芳": "丙", "Lieuwe": "Somebody Else"}
NAMES = [*(Name(name, pseudonym) for name, pseudonym in PSEUDONYMS.items()), Name("Anna", replaced=False)]
FOUND = re.compile(r"\b(?:Anna\s+Smith|Zoë|Öztürk|Lieuwe)\b|王芳")


def replaced(text: str) -> str:
    return FOUND.sub(lambda match: PSEUDONYMS[" ".join(match[0].split())] + "\n" * match[0].count("\n"), text)


def expected(made: Study) -> list[str]:
    """What was marked, names whole: a passage that begins or ends inside a name has all of its pseudonym."""
    quotations = []
    for one in made.passages:
        text, start, end = made.texts[one.text], one.start, one.end
        for match in FOUND.finditer(text):
            if match.start() < start < match.end():
                start = match.start()
            if match.start() < end < match.end():
                end = match.end()
        quotations.append(replaced(text[start:end]))
    return quotations


def with_names(seed: int) -> Study:
    made = study(texts=2, emoji=30, passages=40, words=[*WORDS, "Anna", "Smith", *PSEUDONYMS, *PSEUDONYMS])
    random = Random(seed)
    return Study(made.texts, tuple(random.sample(made.passages, 20)))


def check(made: Study, style: Style, folder: Path) -> None:
    source, target = folder / "p.qdpx", folder / "s.qdpx"
    source.write_bytes(archive(made, style))
    share_project(source, target, NAMES, options=Options(reading=style.counting.written, force=True))
    shared = read_project(target, reading=style.counting.written)
    ends = "\r\n" if style.line_end == "\r\n" else "\n"
    quoted = [text.replace("\n", ends) for text in expected(made)]
    order = sorted(range(len(made.passages)), key=lambda number: made.passages[number].text)
    assert list(shared.column("selections", "quotation")) == [quoted[number] for number in order]
    if style.names:
        for name, quotation in zip(
            shared.column("selections", "name"), shared.column("selections", "quotation"), strict=True
        ):
            assert " ".join(quotation.split()).startswith(name.removesuffix("…").rstrip())


@pytest.mark.parametrize("counting", COUNTINGS, ids=lambda counting: counting.written)
@pytest.mark.parametrize("names", [False, True], ids=["nameless", "named"])
def test_positions_move_with_their_text_however_they_are_counted(
    counting: Counting, names: bool, tmp_path: Path
) -> None:
    check(with_names(1), in_counting(counting, names=names), tmp_path)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), style=st.sampled_from([NVIVO_WINDOWS, NVIVO_MAC]))
def test_quotations_of_programs_that_are_known(seed: int, style: Style, tmp_path: Path) -> None:
    check(with_names(seed), style, tmp_path)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 100_000), style=st.sampled_from(STYLES))
@example(seed=8, style="plain")
@example(seed=7, style="utf-16")
@example(seed=3, style="cdata")
@example(seed=1, style="prefixed")
@example(seed=2, style="commented")
def test_any_project_keeps_its_elements_and_quotations(seed: int, style: str, tmp_path: Path) -> None:
    source, target = tmp_path / "p.qde", tmp_path / "s.qde"
    source.write_bytes(random_project(seed, seed % 4, style=style))
    before = read_project(source)
    words = sorted(
        {word for text in before.column("selections", "quotation") for word in re.findall(r"[^\W\d_]{4,}", text or "")}
    )
    chosen = Random(seed).sample(words, min(3, len(words)))
    names = [Name(word, f"Xq{number}🌻", exact=True) for number, word in enumerate(chosen)]
    unlisted = [
        Name(name, replaced=False)
        for table in ("users", "cases", "sources")
        for name in before.column(table, "name")
        if name and re.search(r"[^\W_]", name)
    ]
    reading = _reading(before.positions)
    share_project(source, target, [*names, *unlisted], options=Options(reading=reading, force=True))
    after = read_project(target, reading=reading)
    assert {table: len(rows) for table, rows in after.rows.items()} == {
        table: len(rows) for table, rows in before.rows.items()
    }
    if not schema_findings(source.read_bytes()):
        assert schema_findings(target.read_bytes()) == []
    texts = list(before.column("sources", "plain_text_content"))
    for old, new in zip(before.records("selections"), after.records("selections"), strict=True):
        if old["kind"] == "PlainTextSelection" and old["start_index"] is not None:
            text = texts[old["source_row"]]
            assert new["quotation"] == _whole(text, old["start_index"], old["end_index"], chosen)


def _reading(positions: dict[str, str | int | float | bool | None]) -> str:
    unit = "utf16" if positions.get("unit") == "utf16" else "codepoints"
    bom = "bom" if positions.get("bom") else "nobom"
    return f"{unit},crlf{positions.get('crlf', 2)},{positions.get('end', 'exclusive')},{bom}"


def _whole(text: str, start: int, end: int, names: list[str]) -> str:
    """The quotation with its names replaced; a name into which it cuts is replaced as a whole."""
    word = r"[^\W_]|[\u0300-\u036f]"
    pattern = re.compile("|".join(rf"(?<![^\W_])(?<![\u0300-\u036f]){name}(?!{word})" for name in names) or r"(?!)")
    if start == end:
        return ""
    parts, at = [], start
    for match in pattern.finditer(text):
        if match.end() <= start or match.start() >= end:
            continue
        parts += [text[at : max(at, match.start())], f"Xq{names.index(match[0])}🌻"]
        at = match.end()
    return "".join([*parts, text[at : max(at, end)]])


@pytest.mark.skipif(not REAL.is_dir(), reason="real exports are not beside the checkout (../shared/real)")
def test_quotations_of_a_real_project(tmp_path: Path) -> None:
    source, target = REAL / "nvivo-mac-20.5-zenodo-5703624.qdpx", tmp_path / "s.qdpx"
    before = read_project(source)
    names = [
        Name("comments", "REMARKS-🌻"),
        Name("Guardian", "Gxq"),
        Name("community standards", "Cxq"),
        Name("we", "Xa-ALL", exact=True),
    ]
    share_project(source, target, names)
    after = read_project(target)
    assert all(after.positions[key] == before.positions[key] for key in ("unit", "crlf", "end", "bom"))
    pattern = re.compile(r"(?<![^\W_])(comments|guardian|community[\s-]+standards|we)(?![^\W_])", re.IGNORECASE)
    put = {"comments": "REMARKS-🌻", "guardian": "Gxq", "community standards": "Cxq"}

    def pseudonym(match: re.Match[str]) -> str:
        said = " ".join(match[0].replace("-", " ").split())
        return ("Xa-ALL" if said == "we" else said) if said.lower() == "we" else put[said.lower()]

    changed = 0
    pairs = zip(before.column("selections", "quotation"), after.column("selections", "quotation"), strict=True)
    for old, new in pairs:
        assert new == pattern.sub(pseudonym, old)
        changed += old != new
    assert changed > 100


def test_files_without_a_name_are_copied_as_they_lie(tmp_path: Path) -> None:
    source, target = tmp_path / "p.qdpx", tmp_path / "s.qdpx"
    source.write_bytes(archive(study(texts=2, emoji=5, passages=4), NVIVO_MAC))
    share_project(source, target, [Name("Anna", replaced=False)])
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target) as new:
        assert old.namelist() == new.namelist()
        for name in old.namelist():
            assert old.read(name) == new.read(name)
