"""Web pages with their names replaced, as far as words stand in one piece of text."""

from __future__ import annotations

import html
import re

from qdpx_compassion.refi.text import decode_text
from qdpx_compassion.teams.share.edits import Edits
from qdpx_compassion.teams.share.ledger import Ledger

_MARKUP = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<!\[CDATA\[.*?\]\]>|<[/!?]?[A-Za-z](?:\"[^\"]*\"|'[^']*'|[^'\">])*>",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""(=\s*)("[^"]*"|'[^']*')""")
#: Tags inside words and sentences; all others divide them.
_INLINE = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|"
    r"sub|sup|tt|u|var|wbr)\b",
    re.IGNORECASE,
)
_AUTHOR = re.compile(r"<meta\b[^>]*\bname\s*=\s*[\"']?(?:author|creator|generator|owner)\b[^>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);")


def is_hypertext(data: bytes) -> bool:
    """Whether a file is a web page or XML."""
    start = data.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"")[:100].lower()
    return start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body", b"<svg", b"<p", b"<div"))


def shared_hypertext(data: bytes, ledger: Ledger, where: str) -> bytes | None:
    """A page with its names replaced; names that are cut by tags inside a sentence are put together first.

    Returns:
        The new bytes, None where nothing changed.
    """
    text, had_bom, encoding = decode_text(data)
    new = _shared(_AUTHOR.sub("", text), ledger, where)
    if new == text:
        return None
    mark = "\ufeff".encode(encoding) if had_bom and encoding != "utf-32" else b""
    return mark + new.encode(encoding, "xmlcharrefreplace")


def _shared(text: str, ledger: Ledger, where: str) -> str:
    out: list[str] = []
    sentence: list[tuple[bool, str]] = []  # (whether it is text, what stands there)
    at = 0
    for match in _MARKUP.finditer(text):
        sentence.append((True, text[at : match.start()]))
        tag = match.group()
        at = match.end()
        if not _INLINE.match(tag):
            out += _sentence(sentence, ledger, where)
            sentence = []
        sentence.append((False, _tag(tag, ledger, where)))
    sentence.append((True, text[at:]))
    return "".join([*out, *_sentence(sentence, ledger, where)])


def _tag(tag: str, ledger: Ledger, where: str) -> str:
    if tag.startswith("<!") or match_code(tag):
        return ledger.replaced(tag, where) or tag

    def value(match: re.Match[str]) -> str:
        plain = html.unescape(match[2][1:-1])
        new = ledger.replaced(plain, where)
        return match.group() if new is None else f'{match[1]}"{html.escape(new)}"'

    return _ATTRIBUTE.sub(value, tag)


def match_code(tag: str) -> bool:
    """Whether a piece of markup is a script or style with all in it."""
    return tag[:7].lower() in ("<script", "<style>") or tag[:6].lower() == "<style"


def _sentence(pieces: list[tuple[bool, str]], ledger: Ledger, where: str) -> list[str]:
    """The pieces between two tags that divide, with the names in their text replaced."""
    plain: list[str] = []  # each sign of the text, entities as what they stand for
    places: list[tuple[int, int, int]] = []  # piece, start and end of it there
    for number, (is_text, piece) in enumerate(pieces):
        if not is_text:
            continue
        at = 0
        while at < len(piece):
            entity = _ENTITY.match(piece, at) if piece[at] == "&" else None
            end = entity.end() if entity else at + 1
            plain.append(html.unescape(piece[at:end])[:1] if entity else piece[at])
            places.append((number, at, end))
            at = end
    joined = "".join(plain)
    edits = ledger.edits(joined, where) if joined.strip() else Edits([])
    changed = [piece for _, piece in pieces]
    for edit in reversed(list(edits)):
        for number in sorted({places[index][0] for index in range(edit.start, edit.end)}, reverse=True):
            mine = [places[index] for index in range(edit.start, edit.end) if places[index][0] == number]
            new = html.escape(edit.new, quote=False) if number == places[edit.start][0] else ""
            piece = changed[number]
            changed[number] = piece[: mine[0][1]] + new + piece[mine[-1][2] :]
    return changed
