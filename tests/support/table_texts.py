"""Markdown and LaTeX read again, as those who print them do."""

from markdown_it import MarkdownIt

from qdpx_compassion.reports.paper_tables import latex


def markdown_tables(text: str) -> list[list[list[str]]]:
    """The tables of a Markdown text as a reader of it shows them: rows of cells as plain text."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    tables: list[list[list[str]]] = []
    for index, token in enumerate(tokens):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type in ("td_open", "th_open"):
            inline = tokens[index + 1]
            kinds = {child.type for child in inline.children or ()}
            assert kinds <= {"text", "text_special", "strong_open", "strong_close"}, inline.content
            tables[-1][-1].append("".join(child.content for child in inline.children or ()).strip("\u2003"))
    return tables


def latex_text(source: str) -> str:
    """What TeX prints of an escaped text; fails on whatever it would read as something else."""
    commands = {command: character for character, command in latex._COMMANDS.items() if command}
    pieces = sorted([*commands, "{}"], key=len, reverse=True)
    out, index = "", 0
    while index < len(source):
        if source.startswith("\\righttoleft{", index):
            index += len("\\righttoleft{")
            end = closing(source, index)
            out, index = out + latex_text(source[index:end]), end + 1
            continue
        piece = next((one for one in pieces if source.startswith(one, index)), source[index])
        assert piece in (*commands, "{}") or piece not in '\\{}$&#^_%"~`', source
        out, index = out + commands.get(piece, "" if piece == "{}" else piece), index + len(piece)
    return out


def closing(source: str, start: int) -> int:
    depth, index = 1, start
    while depth:
        if source[index] == "\\":
            index += 1 + (source[index + 1] in "{}\\$&#_%")
            continue
        depth += {"{": 1, "}": -1}.get(source[index], 0)
        index += 1
    return index - 1
