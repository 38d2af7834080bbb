"""The words before and after a quotation."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping

from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.given import Texts


class Contexts(Mapping[int, tuple[str, str]]):
    """Id of a place → the words before and after it.

    They are kept as bytes, one after the other: as strings of their own they would take more than the quotations.
    """

    def __init__(self) -> None:
        self._words = bytearray()
        self._ends = array("q")  # where the words of each place end in them; those of the next place begin there

    def add(self, place: int, before: str, after: str) -> None:
        """Keep the words of a place; both on one line. Places come in the order of their ids."""
        while len(self._ends) < place:
            self._ends.append(len(self._words))
        self._words += f"{before}\n{after}".encode("utf-8", "surrogatepass")
        self._ends.append(len(self._words))

    def __getitem__(self, place: int) -> tuple[str, str]:
        if place in self:
            start = self._ends[place - 1] if place else 0
            before, _, after = self._words[start : self._ends[place]].decode("utf-8", "surrogatepass").partition("\n")
            return before, after
        raise KeyError(place)

    def __contains__(self, place: object) -> bool:
        return (
            isinstance(place, int)
            and 0 <= place < len(self._ends)
            and self._ends[place] > (self._ends[place - 1] if place else 0)
        )

    def __iter__(self) -> Iterator[int]:
        return (place for place in range(len(self._ends)) if place in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def contexts(rows: Iterable[Coding], texts: Texts | None, length: int) -> Contexts:
    """The context of each place in a text, by its id; nothing where there is no text.

    Args:
        rows: codings, in document order, so that each text is needed once.
        texts: the plain text of a source by its row.
        length: characters on each side, at most; cut between words.
    """
    found = Contexts()
    following = 0  # ids are given in document order, so the context of a smaller one is known
    for row in rows if texts is not None and length > 0 else ():
        if row.start_index is None or row.end_index is None or row.place_id < following:
            continue
        text = texts(row.text_row) if texts is not None else None
        if text is not None:
            following = row.place_id + 1
            first, last = max(row.start_index - length, 0), min(row.end_index + length, len(text))
            found.add(
                row.place_id,
                _before(text[first : row.start_index], cut=first > 0, split=_in_word(text, first)),
                _after(text[row.end_index : last], cut=last < len(text), split=_in_word(text, last)),
            )
    return found


def _in_word(text: str, index: int) -> bool:
    """Whether an index parts two letters that belong together."""
    return 0 < index < len(text) and not text[index - 1].isspace() and not text[index].isspace()


def _before(text: str, *, cut: bool, split: bool) -> str:
    """On one line; without the piece of a word at its beginning, which ``…`` stands for."""
    folded = " ".join(text.split())
    if split and " " in folded:
        folded = folded.partition(" ")[2]
    return f"… {folded}" if cut and folded else folded


def _after(text: str, *, cut: bool, split: bool) -> str:
    """On one line; without the piece of a word at its end, which ``…`` stands for."""
    folded = " ".join(text.split())
    if split and " " in folded:
        folded = folded.rpartition(" ")[0]
    return f"{folded} …" if cut and folded else folded
