"""Where elements lie that may be taken out: small numbers in four bytes, larger ones in eight."""

from random import Random

import pytest

from qdpx_compassion.enrich.spans import Spans


@pytest.mark.parametrize("shift", [0, 2**32 - 60, 2**32, 2**40])
def test_the_outermost_of_those_that_are_chosen(shift: int) -> None:
    spans = Spans()
    spans.add("Note", 1, 10, 20)  # where a document begins it is small, however large it is
    for name, ordinal, start, end in (
        ("NoteRef", 4, 42, 48),
        ("Coding", 3, 40, 50),
        ("Coding", 5, 60, 70),
        ("Set", 2, 30, 90),
        ("Coding", 6, 95, 99),
    ):
        spans.add(name, ordinal, shift + start, shift + end)

    def found(*chosen: int) -> list[tuple[int, int, int]]:
        return [
            (number, start, end) if number == 1 else (number, start - shift, end - shift)
            for number, start, end in spans.outermost(set(chosen).__contains__)
        ]

    assert found() == []
    assert found(1, 4, 6) == [(1, 10, 20), (4, 42, 48), (6, 95, 99)]
    assert found(3, 4, 5) == [(3, 40, 50), (5, 60, 70)]
    assert found(2, 3, 4, 5, 6) == [(2, 30, 90), (6, 95, 99)]
    assert spans.names_of({1, 3, 5}.__contains__) == {"Note": 1, "Coding": 2}


def test_many() -> None:
    shuffled, spans, offset = Random(1), Spans(), 2**32 - 50_000
    chosen = {number for number in range(1_000) if shuffled.random() < 0.5}
    expected = []
    for number in range(1_000):
        length = shuffled.randint(1, 200)
        spans.add("Coding", number, offset, offset + length)
        expected += [(number, offset, offset + length)] if number in chosen else []
        offset += length
    assert list(spans.outermost(chosen.__contains__)) == expected
