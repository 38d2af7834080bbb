"""Putting elements into the containers of a project document, whatever form these have: absent, empty, self-closing."""

from __future__ import annotations

from dataclasses import dataclass

from qdpx_compassion.enrich.elements import remember
from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.names import RANK


@dataclass(slots=True)
class Container:
    """A container that was met: where it begins and ends (bytes), and whether it holds any element."""

    start: int
    end: int
    prefix: str
    empty: bool = True
    self_closing: bool = False


class ContainerEditor(Editor):
    """An editor that knows the containers of Project, and keeps what may still be changed.

    Codes are put in when their container ends; everything behind the sources is kept until the whole document has
    been seen, because only then it is known what goes there.
    """

    def __init__(self, where: str, sink: Sink) -> None:
        super().__init__(where, sink)
        self.containers: dict[str, Container] = {}
        self._children: list[tuple[int, int]] = []  # (rank, offset) of Project's children
        self._tail_held = False

    def open_container(self, name: str, parent: str) -> None:
        """An element begins that is Project, its child, a child of one of these, or a top code."""
        offset = self.scanner.offset
        if parent == "Project" and name in RANK:
            if RANK[name] > RANK["Sources"] and self.splicer.held is None:
                self.splicer.hold(offset)
                self._tail_held = True
            self._children.append((RANK[name], offset))
        if parent in self.containers:
            self.containers[parent].empty = False
        if (parent == "Project" or name == "Codes" or not parent) and name not in self.containers:
            self.containers[name] = Container(offset, offset, self.scanner.prefix)
            if name in ("CodeBook", "Codes") and self.splicer.held is None:
                self.splicer.hold(offset)  # its tag must still be there when it turns out to be empty

    def close_container(self, name: str) -> Container:
        """A container ends."""
        container = self.containers[name]
        container.end = self.scanner.offset
        container.self_closing = container.empty and self.is_self_closing(container.start)
        if name == "Project" and self.splicer.held is None:
            self.splicer.hold(container.start if container.self_closing else container.end)
        return container

    def release(self) -> None:
        """The codes are done; what has been read so far will not change any more."""
        if not self._tail_held:
            self.splicer.hold(None)

    def insert_into(self, name: str, xml: str) -> None:
        """Put elements at the end of a container that exists; where it is empty, its original goes into a comment."""
        container = self.containers[name]
        memory = remember(self.original(container)) if container.empty else ""
        if container.self_closing:
            self.expand(container.start, container.prefix + name, memory + xml)
        else:
            self.splicer.replace(container.end, 0, self.encode(memory + xml))

    def insert_absent(self, name: str, xml: str) -> None:
        """Put elements in a new container, before the first child of Project that comes after it."""
        after = [offset for rank, offset in self._children if rank > RANK[name]]
        place = min(after, default=self.containers["Project"].end)
        self.splicer.replace(place, 0, self.encode(self.wrapped((name,), xml)))

    def wrapped(self, chain: tuple[str, ...], xml: str) -> str:
        """New containers around elements; a comment in the outermost says that nothing stood there."""
        prefix = self.scanner.prefix
        for number, name in enumerate(reversed(chain)):
            memory = remember("") if number == len(chain) - 1 else ""
            xml = f"<{prefix}{name}>{memory}{xml}</{prefix}{name}>"
        return xml

    def original(self, container: Container) -> str:
        """The text of an empty container from its start tag to its end tag."""
        data = self.splicer.slice(container.start, container.end)
        if not container.self_closing:
            data += self.tag_at(container.end)
        return data.decode(self.scanner.encoding)

    def expand(self, offset: int, tag: str, xml: str) -> None:
        """Turn ``<tag …/>`` into ``<tag …>xml</tag>``."""
        length = len(self.tag_at(offset))
        slash = len(self.encode("/>"))
        self.splicer.replace(offset + length - slash, slash, self.encode(f">{xml}</{tag}>"))
