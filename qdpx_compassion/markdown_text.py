"""Text in Markdown: every character of it stands for itself, whichever reader of Markdown it meets."""

from __future__ import annotations

import re

# What Markdown or HTML would read as anything but text; of dots, colons and dashes only where they would make links,
# little pictures or longer dashes.
_MEANT = re.compile(r"[\\`*_{}\[\]<>#|~$^@&!]|(?<=www)\.|:(?=//|[\w+-]+:)|-(?=-)", re.IGNORECASE)
#: Those that some readers of Markdown take as HTML, or as their own marks, even after a backslash.
_AS_ENTITY = {"<": "&lt;", ">": "&gt;", "&": "&amp;"} | {one: f"&#{ord(one)};" for one in "|~^@:"}
# What means something at the beginning of a line: lists with signs, numbers, letters or Roman numerals, terms, rules.
_LIST = re.compile(r"[-+=%:]|\(?(?:\d{1,9}|[A-Za-z]|[ivxlcdmIVXLCDM]{1,9})[.)]")
#: What readers take off the ends of lines.
_SPACES = (
    " \t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)


def escape_markdown(text: str) -> str:
    """A text without line ends, somewhere in a line, of which Markdown takes every character as it is."""
    return _MEANT.sub(lambda found: _AS_ENTITY.get(found[0], f"\\{found[0]}"), text)


def escape_line(text: str, *, ends: bool = True) -> str:
    """A whole line, of which Markdown takes every character as it is, also those that mean something at its beginning.

    Spaces at its beginning and end stay too.

    Args:
        text: of the line, or of its beginning.
        ends: whether the line ends with it.
    """
    bare = text.strip(_SPACES)
    before = text[: len(text) - len(text.lstrip(_SPACES))]
    after = text[len(text.rstrip(_SPACES)) :] if bare else ""
    escaped = escape_markdown(bare)
    if (found := _LIST.match(bare)) is not None:
        sign = found.end() - 1
        head = escape_markdown(bare[:sign])
        escaped = f"{head}&#{ord(bare[sign])};{escape_markdown(bare[sign + 1 :])}"
    return _spaces(before) + escaped + (_spaces(after) if ends else after)


def _spaces(text: str) -> str:
    return "".join(f"&#{ord(one)};" for one in text)
