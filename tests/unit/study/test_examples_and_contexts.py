"""Which quotations stand for a value, as choosing among all of them says; and the words around them as they were."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qdpx_compassion.study.codings import Coding
from qdpx_compassion.study.context import Contexts
from qdpx_compassion.study.examples import GOOD_LENGTH, examples


def coding(row: int, person: int | None, code: int, text: str | None, *, counted: bool = True) -> Coding:
    values: dict[str, Any] = dict.fromkeys(Coding._fields)
    values |= {"row": row, "participant_row": person, "participant": f"P{person}", "quotation": text}
    return Coding(**values | {"code_row": code, "counted": counted, "place": "characters 1 to 2"})


def chosen_slowly(rows: list[Coding], code: int) -> list[int]:
    """From each person the first of good length, else the first; the good ones before the others; three."""
    mine = [row for row in rows if row.code_row == code and row.counted and row.participant_row is not None]
    mine = [row for row in mine if (row.quotation or "").strip() and row.quotation != row.place]

    def bad(row: Coding) -> bool:
        return not GOOD_LENGTH[0] <= len(" ".join((row.quotation or "").split())) <= GOOD_LENGTH[1]

    people = {row.participant_row for row in mine}
    best = [
        min((row for row in mine if row.participant_row == one), key=lambda row: (bad(row), row.row)) for one in people
    ]
    return [row.row for row in sorted(best, key=lambda row: (bad(row), row.row))][:3]


def test_examples_are_those_that_choosing_among_all_gives() -> None:
    chance = random.Random(4)
    for _ in range(200):
        texts = ["short", "of good length " * 4, "far too long " * 40, "  \n ", None, "characters 1 to 2"]
        rows = [
            coding(
                row,
                chance.choice([None, *range(6)]),
                chance.randrange(2),
                chance.choice(texts),
                counted=chance.random() < 0.9,
            )
            for row in range(chance.randrange(60))
        ]
        found = examples(rows, lambda row: (row.code_row,))
        for code in range(2):
            assert [one.row for one in found.get(code, [])] == chosen_slowly(rows, code)


LINE = st.text(st.characters(exclude_characters="\n"))


@given(st.dictionaries(st.integers(0, 20), st.tuples(LINE, LINE)))
def test_words_around_quotations_come_back_by_the_place(given: dict[int, tuple[str, str]]) -> None:
    found = Contexts()
    for place in sorted(given):
        found.add(place, *given[place])
    assert found == given
    assert len(found) == len(given)
    assert [found.get(place) for place in range(25)] == [given.get(place) for place in range(25)]
