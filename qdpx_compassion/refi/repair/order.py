"""Children put in the order of the standard, each with the white space and comments before it."""

from __future__ import annotations

from dataclasses import dataclass, field

from qdpx_compassion.findings import Finding
from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.repair.rules import Rules


@dataclass(slots=True)
class _Piece:
    """A child with what stands before it; offsets in bytes."""

    rank: int
    start: int
    end: int


@dataclass(slots=True)
class _Node:
    """An element whose children are to be put in order."""

    name: str
    begin: int  # of what is between its tags
    end: int = 0
    pieces: list[_Piece] = field(default_factory=list)
    inner: list[_Node] = field(default_factory=list)  # such elements below it


class Orderer(Editor):
    """Puts the children of elements in order.

    Args:
        where: file and document, for messages.
        sink: takes the new document.
        rules: of the document.
        disordered: the numbers of the elements to put in order, in document order.

    Attributes:
        findings: one for each of them.
    """

    def __init__(self, where: str, sink: Sink, rules: Rules, disordered: set[int]) -> None:
        super().__init__(where, sink)
        self.findings: list[Finding] = []
        self._rules, self._disordered = rules, disordered
        self._ordinal = -1
        self._stack: list[tuple[str, int, _Node | None]] = []  # name, offset, node
        self._nodes: list[_Node] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._ordinal += 1
        node = None
        offset = self.scanner.offset
        if self._ordinal in self._disordered:
            node = _Node(name, offset + len(self.tag_at(offset)))
            if not self._nodes:
                self.splicer.hold(offset)
            self._nodes.append(node)
            guid = attributes.get("guid")
            what = f"<{name}>{f' {guid}' if guid else ''}"
            said = f"What stands in {what} was put in the order of the standard."
            self.findings.append(Finding("mended-order", said, f"line {self.scanner.line}"))
        self._stack.append((name, offset, node))

    def end(self, name: str) -> None:
        """An element ends."""
        _, offset, node = self._stack.pop()
        end = self.scanner.offset
        if node is not None:
            node.end = end
            self._close(node)
        if self._stack and (parent := self._stack[-1][2]) is not None:
            if not self.is_self_closing(offset):
                end += len(self.tag_at(end))
            rank = self._rules.rank(parent.name, name)
            last = parent.pieces[-1] if parent.pieces else None
            if rank is None:  # what the standard does not know stays behind what it stood behind
                rank = last.rank if last else -1
            parent.pieces.append(_Piece(rank, last.end if last else parent.begin, end))

    def _close(self, node: _Node) -> None:
        self._nodes.pop()
        if self._nodes:
            self._nodes[-1].inner.append(node)
            return
        self.splicer.replace(node.begin, node.end - node.begin, self._in_order(node))
        self.splicer.hold(None)

    def _in_order(self, node: _Node) -> bytes:
        parts = [self._between(node, piece.start, piece.end) for piece in sorted(node.pieces, key=lambda one: one.rank)]
        last = node.pieces[-1].end if node.pieces else node.begin
        return b"".join(parts) + self.splicer.slice(last, node.end)

    def _between(self, node: _Node, start: int, end: int) -> bytes:
        """Bytes of the input, with the elements inside that are to be put in order themselves."""
        parts, at = [], start
        for inner in node.inner:
            if start <= inner.begin and inner.end <= end:
                parts += [self.splicer.slice(at, inner.begin), self._in_order(inner)]
                at = inner.end
        return b"".join(parts) + self.splicer.slice(at, end)
