"""Mappings as CSV and TOML, and telling kinds of files apart."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from qdpx_compassion.errors import InputError, MappingError, QdpxError
from qdpx_compassion.frameworks.framework import Framework
from qdpx_compassion.mapping.model import Mapping, MappingRow, ParticipantRow, SelectionException
from qdpx_compassion.mapping.reading import read_mapping
from qdpx_compassion.mapping.text import write_mapping_csv, write_mapping_toml

CSV = """code,construct,mark,sub_codes,rationale,decided_by
Values > Feeling heard,Noticing,x,yes,because,AB
Values > Feeling heard,acting,no,,,CD
00000007-0000-4000-8000-000000000000,no element,x,no,,
a \\> b,technology-effect,Enhances,,,
C,technology-effect,none,,,
"""
EXPECTED = (
    MappingRow(
        "", ("Values", "Feeling heard"), {"noticing": True, "acting": False}, rationale="because", decided_by="AB; CD"
    ),
    MappingRow("00000007-0000-4000-8000-000000000000", (), {}, frozenset({"element"}), sub_codes=False),
    MappingRow("", ("a > b",), {"enhances": True}),
    MappingRow("", ("C",), {}, frozenset({"technology-effect"})),
)


def bare(mapping: Mapping) -> Mapping:
    return Mapping(
        tuple(replace(row, where="") for row in mapping.rows),
        tuple(replace(row, where="") for row in mapping.participants),
        tuple(replace(row, where="") for row in mapping.exceptions),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_csv_is_read_however_a_spreadsheet_saves_it(
    tmp_path: Path, framework: Framework, encoding: str, separator: str, line_end: str
) -> None:
    text = CSV.replace(",", separator).replace("\n", line_end)
    (tmp_path / "m.csv").write_bytes(text.encode(encoding))
    mapping, findings = read_mapping(tmp_path / "m.csv", framework)
    assert bare(mapping).rows == EXPECTED
    assert findings == []
    assert mapping.rows[0].where == "m.csv, line 2"


def test_windows_1252_and_a_separator_line_are_understood(tmp_path: Path, framework: Framework) -> None:
    text = "sep=;\r\nCode;Construct;Mark\r\nVéracité;acting;ja\r\n"
    (tmp_path / "m.csv").write_bytes(text.encode("cp1252"))
    mapping, findings = read_mapping(tmp_path / "m.csv", framework)
    assert bare(mapping).rows == (MappingRow("", ("Véracité",), {"acting": True}),)
    assert [one.code for one in findings] == ["text-encoding"]
    assert mapping.rows[0].where == "m.csv, line 3"


TOML = """
[[mapping]]
code = 'Values > Feeling heard'
construct = "noticing"
mark = true
rationale = "because"
decided_by = "AB"

[[mapping]]
code = "Values > Feeling heard"
construct = "acting"
mark = 0
decided_by = "CD"

[[participant]]
guid = "p-1"
label = "P01"
include = false

[[exception]]
selection = "s-1"
construct = "Feeling with"
include = "include"
"""


def test_a_toml_file_has_the_same_keys_and_may_hold_participants_and_exceptions(
    tmp_path: Path, framework: Framework
) -> None:
    (tmp_path / "m.toml").write_text(TOML, encoding="utf-8")
    mapping, findings = read_mapping(tmp_path / "m.toml", framework)
    assert bare(mapping) == Mapping(
        EXPECTED[:1],
        (ParticipantRow("p-1", "", "P01", include=False),),
        (SelectionException("s-1", "feeling-with", True),),
    )
    assert mapping.rows[0].where == "m.toml, line 2"
    assert findings == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("A,acting,maybe", "mapping-mark-unknown"),
        ("A,empathy,x", "mapping-construct-unknown"),
        ("A,,x", "mapping-construct-unknown"),
        ("A,technology-effect,sideways", "mapping-mark-unknown"),
        ("A,acting,x,sometimes", "mapping-mark-unknown"),
        ("A,acting,x,,,,a theme", "mapping-contradiction"),
        ("A,acting,x\nA,acting,no", "mapping-contradiction"),
        ("A,acting,x,yes\nA,noticing,x,no", "mapping-contradiction"),
    ],
)
def test_each_problem_is_named_with_its_line(tmp_path: Path, framework: Framework, line: str, code: str) -> None:
    text = f"code,construct,mark,sub_codes,rationale,decided_by,theme\n{line}\n"
    (tmp_path / "m.csv").write_text(text, encoding="utf-8")
    _, findings = read_mapping(tmp_path / "m.csv", framework)
    assert [(one.code, one.where) for one in findings] == [(code, f"m.csv, line {2 + line.count(chr(10))}")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("m.qdpx", b"PK\x03\x04", "project"),
        ("m.csv", b"", "empty"),
        ("m.csv", b"<!DOCTYPE html>", "web page"),
        ("m.csv", b"code\0", "not a text file"),
        ("m.csv", b"a,b\n1,2\n", "no column"),
        ("m.docx", b"hello", "kind"),
        ("m.xlsx", b"code,construct\n", "not an Excel workbook"),
        ("m.toml", b"code = ", "not TOML"),
        ("m.toml", b"title = 'x'", "no .*mapping"),
    ],
)
def test_what_is_no_mapping_is_named_with_what_to_do(
    tmp_path: Path, framework: Framework, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises((InputError, MappingError), match=said) as caught:
        read_mapping(tmp_path / name, framework)
    assert caught.value.remedy


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path, framework: Framework) -> None:
    for path in (tmp_path, tmp_path / "none.xlsx"):
        with pytest.raises(InputError):
            read_mapping(path, framework)


@given(data=st.binary(max_size=200), ending=st.sampled_from([".csv", ".toml", ".xlsx"]))
@example(data=b'code\n"', ending=".csv")
@example(data=b"mapping = [1]", ending=".toml")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_bytes_come_in_there_is_a_mapping_or_an_error_that_says_what(
    tmp_path: Path, framework: Framework, data: bytes, ending: str
) -> None:
    (tmp_path / f"m{ending}").write_bytes(data)
    try:
        read_mapping(tmp_path / f"m{ending}", framework)
    except QdpxError as error:
        assert str(error)


TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), max_size=20).map(str.strip)
CONSTRUCTS = ("noticing", "feeling-with", "acting", "enhances", "detracts", "match", "mismatch")
ROW = st.builds(
    MappingRow,
    guid=st.just(""),
    path=st.lists(TEXT.filter(bool), min_size=1, max_size=3).map(tuple),
    marks=st.dictionaries(st.sampled_from(CONSTRUCTS), st.booleans()),
    no_element=st.frozensets(st.sampled_from(("element", "technology-effect", "organisational-fit"))),
    themes=st.dictionaries(st.just("organisational-fit"), TEXT.filter(bool)),
    sub_codes=st.booleans(),
    rationale=TEXT,
    decided_by=TEXT,
)


@pytest.mark.parametrize("kind", ["csv", "toml"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=4, unique_by=lambda row: row.path))
@example(
    rows=[
        MappingRow("", ("=a", 'b"c', ",;"), {"match": True}, frozenset(), {"organisational-fit": "\\u0041 \"q\" '''"}),
        MappingRow("", ("sep=;",), {}, frozenset({"element"}), {"organisational-fit": "t"}, False, "-", "0"),
    ]
)
def test_what_is_written_is_read_again_from_text(
    tmp_path: Path, framework: Framework, kind: str, rows: list[MappingRow]
) -> None:
    rows = [replace(row, guid=f"{number:08}-0000-4000-8000-000000000000") for number, row in enumerate(rows)]
    mapping = Mapping(tuple(rows))
    write: Any = write_mapping_csv if kind == "csv" else write_mapping_toml
    write(tmp_path / f"m.{kind}", mapping, framework, force=True)
    read, findings = read_mapping(tmp_path / f"m.{kind}", framework)
    assert bare(read) == mapping
    assert findings == []
