"""The mends of one document: attributes and values written anew, elements taken out; all else byte for byte."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.names import VALUE_KINDS, XSI_NAMESPACE
from qdpx_compassion.refi.repair.guids import Guids, guid_key
from qdpx_compassion.refi.repair.rules import CONTAINERS, FORMS, NAMES_WHAT, REFERENCES, Rules
from qdpx_compassion.refi.repair.survey import GOES, UNWRAPPED, Options
from qdpx_compassion.refi.repair.values import (
    VALUES,
    day_as_moment,
    is_integer,
    is_moment,
    mended_boolean,
    mended_color,
    mended_enumeration,
    mended_integer,
    mended_moment,
    rounded_integer,
)
from qdpx_compassion.refi.scanner import shown_name

_ANY_QDA = re.compile(r"(?:urn:QDA-XML:.*)?", re.IGNORECASE)
_DECIMALS = re.compile(r"\s*[+-]?\d*[.,]?\d+(?:[eE][+-]?\d{1,2})?\s*")
#: What a required attribute is where it is missing and may be guessed.
_GUESSES = {"isCodable": "true", "name": "(no name)", "typeOfVariable": "Text"}
_CODES = {"guid": "mended-guid", "path": "mended-path", "color": "mended-color"}

#: A path as it should be written; None: it cannot be told.
PathMender = Callable[[str], "str | None"]


class Mender(Editor):
    """Mends a document while it is copied.

    Args:
        where: file and document, for messages.
        sink: takes the new document.
        rules: of the document.
        guids: of the document.
        fate: what becomes of each element, by its number (``survey.Survey``).
        options: what may be done.
        path: how paths are mended.

    Attributes:
        findings: every mend, those of GUIDs counted by attribute.
    """

    def __init__(
        self, where: str, sink: Sink, *, rules: Rules, guids: Guids, fate: bytearray, options: Options, path: PathMender
    ) -> None:
        super().__init__(where, sink)
        self.findings: list[Finding] = []
        self._rules, self._guids, self._fate, self._options, self._path = rules, guids, fate, options, path
        self._ordinal = -1
        self._depth = 0
        self._going: tuple[int, int] | None = None  # depth and offset of the element that goes with all in it
        self._open: list[tuple[int, int]] = []  # offset and fate of the elements that are open
        self._counted: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], str] = {}
        self._fine: dict[str, Callable[[str], object]] = {"integer": is_integer, "moment": is_moment}
        if guids.are_alike:
            self._fine["guid"] = bool

    # -- events -----------------------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._ordinal += 1
        self._depth += 1
        offset, fate = self.scanner.offset, self._fate[self._ordinal]
        self._open.append((offset, fate))
        if self._going is not None:
            return
        if fate == GOES:
            self._going = (self._depth, offset)
            self.splicer.hold(offset)
            self._say_gone(name, attributes)
        elif fate == UNWRAPPED:
            self.splicer.replace(offset, len(self.tag_at(offset)), b"")
            code = "mended-empty" if name in CONTAINERS else "mended-unknown"
            self._say(code, f"The tags of {_shown(name)} were taken out; what stood between them stays.")
        else:
            self._mend_attributes(name, attributes)
            if self.splicer.held is None and (name in VALUES or (name in REFERENCES and not attributes)):
                self.splicer.hold(offset)

    def end(self, name: str) -> None:
        """An element ends."""
        offset, fate = self._open.pop()
        end = self.scanner.offset
        if self._going is not None:
            if self._going[0] == self._depth:
                if not self.is_self_closing(offset):
                    end += len(self.tag_at(end))
                self.splicer.replace(offset, end - offset, b"")
                self.splicer.hold(None)
                self._going = None
        elif fate == UNWRAPPED:
            # the start tag may be gone already; that of a self-closing element ends where the element ends
            if not self.is_self_closing(offset):
                self.splicer.replace(end, len(self.tag_at(end)), b"")
        elif self.splicer.held == offset:
            (self._mend_value if name in VALUES else self._mend_reference)(name, offset, end)
            self.splicer.hold(None)
        self._depth -= 1

    def finish(self) -> None:
        """The document has been seen: the mends that are only counted are said."""
        for (code, said), number in self._counted.items():
            times = f" ({number:,}×)" if number > 1 else ""
            self.findings.append(Finding(code, f"{said}{times}: {self._first[code, said]}.", self._where))

    # -- saying -----------------------------------------------------------------------------------------------------

    def _say(self, code: str, message: str) -> None:
        self.findings.append(Finding(code, message, f"{self._where}, line {self.scanner.line}"))

    def _count(self, code: str, said: str, example: str) -> None:
        self._counted[code, said] += 1
        self._first.setdefault((code, said), example)

    def _say_gone(self, name: str, attributes: dict[str, str]) -> None:
        guid = attributes.get("guid") or attributes.get("targetGUID")
        what = _shown(name) + (f" {guid}" if guid else "")
        if name == "Description":
            self._count("mended-empty", "An empty description was taken out", f"the first in line {self.scanner.line}")
        elif name in CONTAINERS or name in VALUE_KINDS:
            self._say("mended-empty", f"{what} was empty and was taken out.")
        elif name in REFERENCES or name in ("Edge", "Coding", "VariableValue"):
            self._say("mended-reference", f"{what} named nothing in the project and was taken out.")
        else:
            self._say("mended-unknown", f"{what} is unknown to the standard and was taken out, with what was in it.")

    # -- attributes -------------------------------------------------------------------------------------------------

    def _mend_attributes(self, name: str, attributes: dict[str, str]) -> None:
        allowed = self._rules.attributes.get(name, () if name in self._rules.children else None)
        if allowed is None or (self._ordinal and self._are_fine(attributes, allowed)):
            return
        changes: dict[str, tuple[str, str | None]] = {}  # attribute as written → (name, value; None: taken out)
        for attribute, value in attributes.items():
            change = self._changed(name, attribute, value, allowed, attributes)
            if change is not None:
                changes[shown_name(attribute)] = change
        written = {changes.get(attribute, (attribute, ""))[0] for attribute in attributes}
        added = self._missing(name, written) if self._options.assume else {}
        if self._ordinal == 0 and self.scanner.namespace != self._rules.namespace:
            self._mend_namespace(changes, added)
        if changes or added:
            self.rewrite_tag(changes, added)

    def _are_fine(self, attributes: dict[str, str], allowed: tuple[str, ...]) -> bool:
        """Whether there is nothing to mend, as in nearly every tag; False: it has to be looked at."""
        if self._options.assume:
            return False
        for attribute, value in attributes.items():
            form = FORMS.get(attribute, "text")
            if attribute not in allowed or not (form == "text" or (form in self._fine and self._fine[form](value))):
                return False
        return True

    def _changed(
        self, name: str, attribute: str, value: str, allowed: tuple[str, ...], attributes: dict[str, str]
    ) -> tuple[str, str | None] | None:
        """What becomes of an attribute: a new name or value; None: it stays."""
        if attribute == "guid" and "targetGUID" in allowed and "guid" not in allowed and "targetGUID" not in attributes:
            self._count("mended-reference", f"The attribute guid of <{name}> is called targetGUID now", value)
            return "targetGUID", self._guids.mended(value, assume=self._options.assume) or value
        if attribute not in allowed:
            if not self._options.drop_unknown or XSI_NAMESPACE in attribute:
                return None
            shown = shown_name(attribute)
            self._say("mended-unknown", f"The attribute {shown} of <{name}> was taken out; it was “{value}”.")
            return shown, None
        new = self._mended(name, attribute, value)
        return None if new == value else (attribute, new)

    def _mended(self, name: str, attribute: str, value: str) -> str | None:
        """The value as it should be, None to take the attribute out; the value itself where nothing can be done."""
        form = FORMS.get(attribute, "text")
        if form == "text":
            return value
        required = attribute in self._rules.required.get(name, ())
        new = self._in_form(form, attribute, value)
        if new is None and self._options.assume:
            new = rounded_integer(value) if form == "integer" else day_as_moment(value) if form == "moment" else None
            if new is None and not required:
                self._say("mended-value", f"{attribute} of <{name}> was no {form} and was taken out: “{value}”.")
                return None
        if new is None:
            return value
        if self._options.assume and not required and self._names_nothing(name, attribute, new):
            self._say(
                "mended-reference", f"{attribute} of <{name}> named nothing in the project and was taken out: {value}."
            )
            return None
        if new != value:
            self._say_changed(form, f"{attribute} of <{name}>", value, new)
        return new

    def _in_form(self, form: str, attribute: str, value: str) -> str | None:
        if form == "guid":
            return self._guids.mended(value, assume=self._options.assume)
        if form == "path":
            return self._path(value) or value
        if form == "enumeration":
            return mended_enumeration(attribute, value)
        return {"color": mended_color, "boolean": mended_boolean, "integer": mended_integer, "moment": mended_moment}[
            form
        ](value)

    def _names_nothing(self, name: str, attribute: str, value: str) -> bool:
        if attribute == "targetGUID" and name == "Link":
            return not self._guids.is_defined(value, None)
        return attribute in NAMES_WHAT and not self._guids.is_defined(value, NAMES_WHAT[attribute])

    def _say_changed(self, form: str, what: str, old: str, new: str) -> None:
        code = _CODES.get(form, "mended-value")
        if form == "guid":
            self._count(code, f"{what} is written in one form with the others", f"{old.strip()} → {new}")
        else:
            self._say(code, f"{what}: “{old}” → “{new}”.")

    def _missing(self, name: str, written: set[str]) -> dict[str, str]:
        """Guesses for required attributes that are not there."""
        added = {}
        for attribute in sorted(self._rules.required.get(name, frozenset()) - written):
            if attribute == "guid":
                added[attribute] = self._guids.made(name, str(self._ordinal))
            elif attribute in _GUESSES:
                added[attribute] = _GUESSES[attribute]
            else:
                continue
            self._say("mended-missing", f"{attribute} of <{name}> was missing; it is “{added[attribute]}” now.")
        return added

    def _mend_namespace(self, changes: dict[str, tuple[str, str | None]], added: dict[str, str]) -> None:
        old = self.scanner.namespace
        if not _ANY_QDA.fullmatch(old):
            return
        attribute = f"xmlns:{self.scanner.prefix[:-1]}" if self.scanner.prefix else "xmlns"
        if old:
            changes[attribute] = (attribute, self._rules.namespace)
        else:
            added[attribute] = self._rules.namespace
        self._say("mended-namespace", f"The namespace of the document: “{old}” → “{self._rules.namespace}”.")

    # -- values -----------------------------------------------------------------------------------------------------

    def _mend_value(self, name: str, offset: int, end: int) -> None:
        if self.is_self_closing(offset):
            return
        begin = offset + len(self.tag_at(offset))
        old = self.splicer.slice(begin, end).decode(self.scanner.encoding)
        if "<" in old or "&" in old:  # comments, CDATA and entities are left as they are
            return
        new = VALUES[name](old)
        if new is None and self._options.assume and name in ("FloatValue", "IntegerValue"):
            comma = old.replace(",", ".") if _DECIMALS.fullmatch(old) else old
            new = VALUES[name](comma)
        if new is not None and new != old:
            self.splicer.replace(begin, end - begin, self.encode(new))
            self._say("mended-value", f"<{name}>: “{old}” → “{new}”.")

    def _mend_reference(self, name: str, offset: int, end: int) -> None:
        """A target that stands between the tags, as Transana once wrote it, becomes the attribute that it should be."""
        if self.is_self_closing(offset) or "targetGUID" not in self._rules.attributes.get(name, ()):
            return
        encoding = self.scanner.encoding
        tag = self.tag_at(offset).decode(encoding)
        begin = offset + len(tag.encode(encoding))
        target = self.splicer.slice(begin, end).decode(encoding).strip()
        if guid_key(target) is None:
            return
        new = self._guids.mended(target, assume=False) or target
        start = offset + len(tag[:-1].rstrip().encode(encoding))
        after = end + len(self.tag_at(end))
        self.splicer.replace(start, after - start, self.encode(f' targetGUID="{new}"/>'))
        self._count("mended-reference", f"What <{name}> names stands in its attribute targetGUID now", new)


def _shown(name: str) -> str:
    return f"<{name.rpartition('}')[2]}>"
