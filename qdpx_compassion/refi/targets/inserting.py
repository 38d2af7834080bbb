"""The pass that puts elements into the containers of a project, and code references into cases."""

from __future__ import annotations

from collections.abc import Mapping

from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.guids import normalise_guid
from qdpx_compassion.refi.names import RANK
from qdpx_compassion.refi.targets.values import Made, as_xml


class Inserter(Editor):
    """Adds elements at the end of containers; a container that is not there is made, in the order of the schema.

    Args:
        where: file and document, for messages.
        sink: takes the new document.
        added: container → what is put into it.
        present: the containers that the document has.
        codes: case (as compared) → the code that it stands for, as written.
    """

    def __init__(
        self, where: str, sink: Sink, *, added: Mapping[str, list[Made]], present: set[str], codes: Mapping[str, str]
    ) -> None:
        super().__init__(where, sink)
        self._added = {name: made for name, made in added.items() if made}
        self._missing = sorted(self._added.keys() - present, key=lambda name: RANK[name])
        self._codes = codes
        self._depth = 0
        self._offset = 0  # where the reference goes
        self._case: str | None = None
        self._description: int | None = None  # where the open case's description begins

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        offset = self.scanner.offset
        if self._depth == 2:
            self._make(before=RANK.get(name, len(RANK)), offset=offset)
            if name in self._added:
                self._keep(offset)
        elif self._depth == 3 and name == "Case" and self._codes:
            self._case = self._codes.get(normalise_guid(attributes.get("guid", "")))
            self._description = None
            if self._case is not None:
                self._refer(offset)
        elif self._depth == 4 and self._case is not None and name == "Description":
            self._description = offset

    def _keep(self, offset: int) -> None:
        """A self-closing container is opened; of another the end is awaited."""
        tag = self.tag_at(offset).decode(self.scanner.encoding)
        if tag.endswith("/>"):
            name = tag[1:].split(None, 1)[0].rstrip("/>")
            inside = as_xml(self._added.pop(name.rpartition(":")[2]), self.scanner.prefix)
            self.splicer.replace(offset, len(self.encode(tag)), self.encode(f"{tag[:-2].rstrip()}>{inside}</{name}>"))

    def _refer(self, offset: int) -> None:
        """The code of a case stands at its beginning; where a description comes first, it is moved behind it."""
        tag = self.tag_at(offset).decode(self.scanner.encoding)
        reference = as_xml([("CodeRef", {"targetGUID": self._case or ""}, [])], self.scanner.prefix)
        if tag.endswith("/>"):
            new = f"{tag[:-2].rstrip()}>{reference}</{self.scanner.prefix}Case>"
            self.splicer.replace(offset, len(self.encode(tag)), self.encode(new))
            self._case = None
            return
        self._offset = offset + len(self.encode(tag))
        self.splicer.hold(self._offset)

    def end(self, name: str) -> None:
        """An element ends."""
        offset = self.scanner.offset
        if self._depth == 1:
            self._make(before=len(RANK) + 1, offset=offset)
        elif self._depth == 2 and name in self._added and name not in self._missing:
            self.splicer.replace(offset, 0, self.encode(as_xml(self._added.pop(name), self.scanner.prefix)))
        elif self._depth == 4 and self._case is not None and self._description is not None:
            self._offset = offset if self.is_self_closing(self._description) else offset + len(self.tag_at(offset))
            self._description = None
        elif self._depth == 3 and self._case is not None and name == "Case":
            reference = as_xml([("CodeRef", {"targetGUID": self._case}, [])], self.scanner.prefix)
            self.splicer.replace(self._offset, 0, self.encode(reference))
            self.splicer.hold(None)
            self._case = None
        self._depth -= 1

    def _make(self, *, before: int, offset: int) -> None:
        while self._missing and RANK[self._missing[0]] < before:
            name = self._missing.pop(0)
            made: list[Made] = [(name, {}, self._added.pop(name))]
            self.splicer.replace(offset, 0, self.encode(as_xml(made, self.scanner.prefix)))
