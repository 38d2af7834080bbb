"""Texts of a project that would be formulas in a spreadsheet, or that nobody but its team may read."""

import csv
import json
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import quoteattr

import openpyxl
import pytest
from command_line import run
from lxml import etree
from small_project import HEARD, coding, document, selection

#: What a spreadsheet could take for something to compute, in every form that is known.
PAYLOADS = [
    *("=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1+1", "－1+1"),
    *("＠SUM(1)", '=HYPERLINK("http://127.0.0.1","x")', "=WEBSERVICE(1)", "'=1+1", '"=1+1"', "#REF!", "_x003D_1+1"),
    *(" =1+1", "\u00a0=1+1", "\u3000+1+1", "x", " ", "−1+1", "﹢1+1"),
]
FORMULA = tuple("=+-@＝＋－＠\t\r\n")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A payload as every name and text that a project holds."""
    codes, sources, tail = [], [], []
    for number, payload in enumerate(PAYLOADS):
        said, text = quoteattr(payload), payload.replace("&", "&amp;").replace("<", "&lt;").replace("\r", "&#13;")
        said = said.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")
        code, source = (f"{kind}-0000-4000-8000-{number:012}" for kind in ("11111111", "22222222"))
        codes.append(f'<Code guid="{code}" name={said} isCodable="true"><Description>{text}</Description></Code>')
        sources.append(
            f'<TextSource guid="{source}" name={said}><PlainTextContent>{text}</PlainTextContent>'
            f'<PlainTextSelection guid="{source[:7]}9{source[8:]}" name={said} startPosition="0" '
            f'endPosition="{len(payload)}"><Description>{text}</Description>'
            f'<Coding guid="{source[:7]}8{source[8:]}" creatingUser="bbbbbbbb-0000-4000-8000-000000000001">'
            f'<CodeRef targetGUID="{code}"/></Coding><Coding guid="{source[:7]}6{source[8:]}" '
            f'creatingUser="bbbbbbbb-0000-4000-8000-000000000002"><CodeRef targetGUID="{code}"/></Coding>'
            "</PlainTextSelection></TextSource>"
        )
        tail.append(
            f'<Note guid="{source[:7]}7{source[8:]}" name={said}><PlainTextContent>{text}</PlainTextContent></Note>'
        )
    path = tmp_path / "study.qde"
    path.write_bytes(document(codes="".join(codes), sources="".join(sources), tail=f"<Notes>{''.join(tail)}</Notes>"))
    return path


@pytest.mark.parametrize(
    "command",
    [
        ("summarise", "PROJECT", "-o", "OUT"),
        ("mapping", "new", "PROJECT", "-o", "OUT"),
        ("convert", "PROJECT", "OUT"),
        ("diff", "PROJECT", "PROJECT", "-o", "OUT"),
        ("agreement", "PROJECT", "-o", "OUT"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_no_cell_of_a_workbook_is_a_formula(command: tuple[str, ...], project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    ran = run(*({"PROJECT": str(project), "OUT": str(out)}.get(word, word) for word in command))
    assert ran.code == 0, ran.err
    seen = 0
    for sheet in openpyxl.load_workbook(out):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate, cell.value)
                if isinstance(cell.value, str) and cell.value.lstrip(" \u00a0\u3000").startswith(FORMULA):
                    seen += 1
                    assert cell.quotePrefix, (sheet.title, cell.coordinate, cell.value)
    assert seen >= len(PAYLOADS) // 2 or command[0] in ("diff", "agreement")


def test_no_cell_of_a_csv_begins_a_formula_and_all_comes_back(project: Path, tmp_path: Path) -> None:
    assert run("convert", project, tmp_path / "tables", "--to", "csv").code == 0
    for path in (tmp_path / "tables").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    number = cell.lstrip("-").isdigit()
                    assert number or not cell.lstrip(" \u00a0\u3000").startswith(FORMULA), (path.name, cell)
    assert run("convert", tmp_path / "tables", tmp_path / "again.qdpx").code == 0
    assert run("diff", project, tmp_path / "again.qdpx").code == 0


def test_what_is_called_a_guid_begins_no_formula_beside_qualcoders_database(tmp_path: Path) -> None:
    path = tmp_path / "study.qde"
    path.write_bytes(document(selection(coding(1, code="=1+1"))).replace(HEARD.encode(), b"=1+1"))
    assert run("convert", path, tmp_path / "study.qda").code == 0
    rows = list(csv.reader((tmp_path / "study.qda" / "refi-guids.csv").read_text(encoding="utf-8").splitlines()))
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]
    assert run("convert", tmp_path / "study.qda", tmp_path / "again.json").code == 0
    assert '"=1+1"' in (tmp_path / "again.json").read_text(encoding="utf-8")


@pytest.mark.long
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_libreoffice_computes_nothing_of_what_is_written(project: Path, tmp_path: Path) -> None:
    """Told to evaluate formulas, as it is not by itself, it finds none in CSV files, and none in workbooks."""
    out, opened = tmp_path / "out", tmp_path / "opened"
    assert run("convert", project, out, "--to", "csv").code == 0
    assert run("convert", project, out / "highlights.csv", "--to", "taguette-highlights").code == 0
    assert run("convert", project, out / "tags.csv", "--to", "taguette-tags").code == 0
    assert run("convert", project, out / "tables-again.xlsx").code == 0
    assert run("summarise", project, "-o", out / "summary.xlsx").code == 0
    evaluating = "--infilter=CSV:44,34,76,1,,0,false,true,false,false,true"
    for endings, options in (("*.csv", [evaluating]), ("*.xlsx", [])):
        files = sorted(map(str, out.glob(endings)))
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", *options, "--convert-to", "xlsx", "--outdir", str(opened), *files]
        subprocess.run(command, check=True, capture_output=True, timeout=300)  # noqa: S603
    seen = 0
    for path in opened.glob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                for cell in row:
                    formula = cell.data_type == "f" and cell.value not in ("=TRUE()", "=FALSE()")  # its booleans
                    assert not formula, (path.name, sheet.title, cell.coordinate, cell.value)
                    seen += isinstance(cell.value, str)
    assert seen > 20 * len(PAYLOADS)


def test_findings_and_reports_quote_nobody(tmp_path: Path) -> None:
    """Names and places are needed to find what is meant; what people said is not."""
    words = "my mother died in May"
    source = (
        f'<PlainTextSelection guid="x" name="{words}" startPosition="3" endPosition="99999"><Description>{words}'
        f'</Description></PlainTextSelection><PlainTextSelection guid="y" name="{words}" startPosition="9" '
        f'endPosition="2"/><PlainTextSelection name="{words}" startPosition="1" endPosition="1"/>'
    )
    data = document(source, origin="ATLAS.ti 23", tail=f"<Wrong>{words}</Wrong>").decode()
    path = tmp_path / "study.qde"
    path.write_text(data.replace("I felt heard and seen.", f"I said {words}. 🙂\r\n"), encoding="utf-8")
    ran = run(
        "validate", path, "--strict", "--all", "--json", "--sarif", tmp_path / "f.sarif", "--junit", tmp_path / "f.xml"
    )
    assert ran.code == 1
    assert json.loads(ran.out)
    assert etree.parse(tmp_path / "f.xml") is not None
    for said in (ran.out, ran.err, *((tmp_path / name).read_text(encoding="utf-8") for name in ("f.sarif", "f.xml"))):
        assert words not in said, said[max(0, said.index(words) - 300) : said.index(words) + 30]
    assert words not in run("show", path, "--findings").out
    repaired = run("repair", path, "-o", tmp_path / "r.qde", "--assume", "--drop-unknown", "--all")
    assert words not in repaired.out + repaired.err
