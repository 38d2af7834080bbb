"""The tables as LaTeX, with booktabs and longtable: a file that compiles, and whose tables can be copied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from qdpx_compassion.files.atomic import write_atomically
from qdpx_compassion.findings import Finding
from qdpx_compassion.reports.direction import runs
from qdpx_compassion.reports.paper_tables.plan import plan_tables
from qdpx_compassion.reports.paper_tables.table import Column, PaperTable, Row, one_line, shown
from qdpx_compassion.study.summary import Summary

_COMMANDS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "[": "{[}", "]": "{]}", "*": "{*}",
    "\u00a0": "~", "\u00ad": r"\-", "\u200b": "", "\ufeff": "",
}  # fmt: skip
_MEANT = re.compile("|".join(map(re.escape, _COMMANDS)))
# Of two dashes, commas or quotes TeX makes one character.
_LIGATURE = re.compile(r"(?<=[-',])(?=[-',])")
#: Letters that pdfLaTeX has in its usual fonts; what is beyond is asked for, and stood in for where it is missing.
_LATIN = 0x0180
_PUNCTUATION = "–—‘’‚“”„†‡•…‰‹›€™"
#: From so many columns on a table is printed across the page.
_WIDE = 8
#: Characters of a line, of the space beside a column, and of the longest word of a heading that is not broken.
_LINE, _PADDING, _WORD = 96, 2.6, 18
_PREAMBLE = r"""% Tables of a study, made by qdpx-compassion.
% Compile this file, or copy tables into your own document; they need \usepackage{array,booktabs,longtable} and, with
% pdfLaTeX, \usepackage[T1]{fontenc}.
\documentclass[a4paper,10pt]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
  \usepackage{textcomp}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\else
  \usepackage{fontspec}
\fi
\usepackage[margin=2.2cm]{geometry}
\usepackage{array,booktabs,longtable,pdflscape}
\setlength{\LTcapwidth}{\linewidth}
\emergencystretch=2em
"""
_RIGHT_TO_LEFT = r"""% Text from right to left.
\ifLuaTeX
  \newcommand{\righttoleft}[1]{{\textdir TRT #1}}
\else\ifXeTeX
  \TeXXeTstate=1
  \newcommand{\righttoleft}[1]{\beginR #1\endR}
\else
  \newcommand{\righttoleft}[1]{#1}
\fi\fi
"""
_STAND_IN = r"""% pdfLaTeX shows letters that it lacks by their number; the others show them if the font has them.
\ifPDFTeX
  \makeatletter
  \newcommand{\standin}[2]{\@ifundefined{u8:\detokenize{#1}}{\DeclareUnicodeCharacter{#2}{[U+#2]}}{}}
  \makeatother
%s\else
  \IfFontExistsTF{FreeSerif}{\setmainfont{FreeSerif}}{}
\fi
"""


def write_latex(path: Path, summary: Summary, *, force: bool = False) -> list[Finding]:
    """Write the tables, atomically.

    Args:
        path: the .tex to write.
        summary: what to show.
        force: whether an existing file may be replaced.

    Returns:
        A note where pdfLaTeX lacks letters.

    Raises:
        OutputError: the file exists or cannot be written.
    """
    body = "\n".join(line for table in plan_tables(summary) for line in _lines(table))
    title = f"\\section*{{Tables of {escape(summary.project_name)}}}\n\\noindent {escape(summary.made_from)}.\n"
    text = f"\\begin{{document}}\n{title}{body}\n\\end{{document}}\n"
    foreign = sorted({character for character in text if ord(character) >= _LATIN} - set(_PUNCTUATION))
    preamble = _PREAMBLE + (_RIGHT_TO_LEFT if "\\righttoleft{" in text else "")
    if foreign:
        asked = "".join(f"  \\standin{{{character}}}{{{ord(character):04X}}}\n" for character in foreign)
        preamble += _STAND_IN.replace("%s", asked)
    write_atomically(path, (preamble + text).encode(), force=force)
    lacking = [character for character in foreign if unicodedata.category(character)[0] in "LMS"]
    if not lacking:
        return []
    message = f"LuaLaTeX or XeLaTeX is needed for letters that pdfLaTeX lacks, such as {' '.join(lacking[:5])}."
    return [Finding("tex-letters", message)]


def escape(text: str) -> str:
    """A text on one line, of which TeX prints every character as it is; runs from right to left are marked."""
    return "".join(
        f"\\righttoleft{{{_escaped(piece)}}}" if right_to_left else _escaped(piece)
        for piece, right_to_left in runs(unicodedata.normalize("NFC", one_line(text)))
    )


def _escaped(text: str) -> str:
    apart = _LIGATURE.sub("\0", text)  # no control character is left in the text
    return _MEANT.sub(lambda found: _COMMANDS[found[0]], apart).replace("\0", "{}")


def _lines(table: PaperTable) -> Iterator[str]:
    wide = len(table.columns) >= _WIDE
    number = len(table.columns)
    headings = _line(_heading(column) for column in table.columns)
    yield ""
    if wide:
        yield "\\begin{landscape}"
    yield f"\\begin{{longtable}}{{{''.join(_column(*one) for one in zip(table.columns, _widths(table), strict=True))}}}"
    yield f"\\caption{{{escape(table.caption)}}}\\label{{tab:{_label(table.name)}}}\\\\"
    yield f"\\toprule\n{headings}\n\\midrule\n\\endfirsthead"
    yield f"\\toprule\n{headings}\n\\midrule\n\\endhead"
    yield f"\\midrule\n\\multicolumn{{{number}}}{{r}}{{\\emph{{continued}}}}\\\\\n\\endfoot"
    yield "\\bottomrule\n\\endlastfoot"
    for place, row in enumerate(table.rows):
        if row.head and place:
            yield "\\addlinespace"
        yield _line(_cells(row))
    yield "\\end{longtable}"
    if table.note:
        yield f"\\noindent{{\\small\\emph{{Note.}} {escape(table.note)}\\par}}"
    if wide:
        yield "\\end{landscape}"


def _cells(row: Row) -> list[str]:
    cells = [escape(shown(cell)) for cell in row.cells]
    if row.head:
        return [f"\\textbf{{{cell}}}" if cell else "" for cell in cells]
    return [f"\\hspace{{1em}}{cells[0]}", *cells[1:]] if row.below else cells


def _line(cells: Iterable[str]) -> str:
    return " & ".join(cells) + r" \\"


def _widths(table: PaperTable) -> list[float]:
    """The share of the line that each column takes: numbers what their cells need, texts the rest by their length."""
    needed, wanted = [], []
    for place, column in enumerate(table.columns):
        longest = max((len(shown(row.cells[place])) for row in table.rows), default=1)
        word = max(map(len, _heading(column).split()), default=1)
        needed.append((max(longest, min(word, _WORD)) * 1.15 + _PADDING) / _LINE if column.number else 0.0)
        wanted.append(0 if column.number else max(min(longest, 60), 16))
    room = max(1 - sum(needed), 0.3)  # names keep a third of the line, however many numbers there are
    squeeze = min((1 - room) / (sum(needed) or 1), 1)
    return [squeeze * one + room * other / (sum(wanted) or 1) for one, other in zip(needed, wanted, strict=True)]


def _heading(column: Column) -> str:
    """A heading in which the size of a group stays on one line."""
    return escape(column.heading).replace(" = ", "~=~")


def _column(column: Column, share: float) -> str:
    align = r">{\raggedleft\arraybackslash}" if column.number else r">{\raggedright\arraybackslash}"
    return f"{align}p{{\\dimexpr {share:.4f}\\linewidth-2\\tabcolsep\\relax}}"


def _label(name: str) -> str:
    return re.sub("[^A-Za-z0-9-]", "-", name)
