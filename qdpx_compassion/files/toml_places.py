"""Where in a TOML text each key and table stands, so that a message about meaning can name the line.

The standard library's parser gives line numbers for errors of syntax only. This scanner reads a text that the parser
has already accepted, therefore it checks nothing: it only finds keys, headers and the ends of values.
"""

import re
import tomllib
from typing import Any

#: A place in the parsed document: keys, and positions in arrays, from the top.
Place = tuple[str | int, ...]

#: Parts of a dotted key that a person may write.
_DOTS = 500
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]+")
# A multi-line string may end in up to five quotation marks, of which the last three close it.
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}(?!")', re.DOTALL),
    re.compile(r"'''.*?'{3,5}(?!')", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)


class Places:
    """The line of every key, table and array item of a TOML text.

    Args:
        text: a TOML document that ``tomllib`` accepts, without byte order mark.
    """

    def __init__(self, text: str) -> None:
        scanner = _Scanner(text)
        scanner.document()
        self.lines: dict[Place, int] = scanner.lines

    def line(self, place: Place) -> int:
        """The line (from 1) of a place; of the table that it would stand in when it is not there."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class _Scanner:
    """One pass over the text; ``at`` is the position of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Place, int] = {}
        self._counted = (0, 1)
        self._latest: dict[Place, int] = {}

    def document(self) -> None:
        """Scan the whole document."""
        table: Place = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _line(self) -> int:
        position, line = self._counted
        self._counted = (self.at, line + self.text.count("\n", position, self.at))
        return self._counted[1]

    def _note(self, place: Place, line: int) -> None:
        self.lines.setdefault(place, line)

    def _header(self) -> Place:
        """``[a.b]`` or ``[[a.b]]``; in an array of tables a name means its latest table."""
        line = self._line()
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        keys = self._keys()
        place: Place = ()
        for number, key in enumerate(keys, start=1):
            place = (*place, key)
            self._note(place, line)
            if array and number == len(keys):
                self._latest[place] = self._latest.get(place, -1) + 1
            if place in self._latest:
                place = (*place, self._latest[place])
        self._note(place, line)
        self._skip(_SPACE)
        self.at += 2 if array else 1
        return place

    def _keys(self) -> list[str]:
        """A dotted key; quoted parts are unescaped by the parser's own rules."""
        keys = []
        while True:
            self._skip(_SPACE)
            start = self.at
            if self.text[start] in "\"'":
                self._string()
                keys.append(_unquoted(self.text[start : self.at]))
            else:
                self._skip(_BARE_KEY)
                keys.append(self.text[start : self.at])
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def _pair(self, table: Place) -> None:
        line = self._line()
        place = table
        for key in self._keys():
            place = (*place, key)
            self._note(place, line)
        self.at += 1  # the equals sign
        self._value(place)

    def _value(self, place: Place) -> None:
        self._skip(_SPACE)
        character = self.text[self.at]
        if character in "\"'":
            self._string()
        elif character == "[":
            self._items(place, "]")
        elif character == "{":
            self._items(place, "}")
        else:
            self._skip(_SCALAR)

    def _items(self, place: Place, close: str) -> None:
        """The items of an array, or the pairs of an inline table."""
        self.at += 1
        number = 0
        while self.text[self._skip(_BLANK)] != close:
            if close == "]":
                self._note((*place, number), self._line())
                self._value((*place, number))
            else:
                self._pair(place)
            number += 1
            if self.text[self._skip(_BLANK)] == ",":
                self.at += 1
        self.at += 1

    def _string(self) -> None:
        for pattern in _STRINGS:
            found = pattern.match(self.text, self.at)
            if found:
                self.at = found.end()
                return


def _unquoted(written: str) -> str:
    return next(iter(tomllib.loads(f"{written} = 0")))


def parse_toml(text: str) -> dict[str, Any]:
    """What a TOML file says, within bounds of time: Python's parser is quadratic in the parts of a dotted key.

    Args:
        text: the file.

    Raises:
        tomllib.TOMLDecodeError, RecursionError: it is not TOML, or no person wrote it.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if line.count(".") > _DOTS and line.partition("=")[0].count(".") > _DOTS:
            raise tomllib.TOMLDecodeError(f"a key has more than {_DOTS} parts (at line {number})")
    return tomllib.loads(text)
