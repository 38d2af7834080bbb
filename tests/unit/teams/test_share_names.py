"""Which words are names, which only look like one, and which lists cannot be used."""

from pathlib import Path

import pytest

from qdpx_compassion.errors import QdpxError, UsageError
from qdpx_compassion.teams.share.ledger import Ledger
from qdpx_compassion.teams.share.matching import INSIDE, PART, SIMILAR, Matcher
from qdpx_compassion.teams.share.names import Name, checked, is_label, with_pseudonyms
from qdpx_compassion.teams.share.reading_names import read_names


def replaced(text: str, *names: Name) -> str:
    return Ledger(Matcher(names)).replaced(text, "here") or text


ANNA = Name("Anna Smith", "P07")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ANNA SMITH, anna smith", "P07, P07"),
        ("Anna Smith’s and Anna Smith's", "P07’s and P07's"),
        ("Anna\u00a0Smith Anna-Smith Anna_Smith Anna.Smith", "P07 P07 P07 P07"),
        ("Smith, Anna", "P07"),
        ("Anna\r\nSmith said", "P07\r\n said"),
        ("An\u00adna Smi\u200bth", "P07"),
        ("(Anna Smith)", "(P07)"),
        ("Annab Smith; Anna Smithson; xAnna Smith", "Annab Smith; Anna Smithson; xAnna Smith"),
        ("Anna. And Smith", "Anna. And Smith"),
        ("Anna (Smith)", "Anna (Smith)"),
    ],
)
def test_a_name_is_found_as_whole_words(before: str, after: str) -> None:
    assert replaced(before, ANNA) == after


@pytest.mark.parametrize(
    ("name", "text", "after"),
    [
        ("Zoë", "Zoe\u0308 ZOË zoë", "X X X"),
        ("Zoe\u0308", "Zoë", "X"),
        ("Strauß", "STRAUSS", "X"),
        ("ΣΟΦΟΣ", "σοφος σοφοσ", "X X"),
        ("王芳", "我和王芳说话", "我和X说话"),
        ("김철수", "김철수는 말했다", "X는 말했다"),
        ("O’Brien", "O'Brien", "X"),
        ("𝔄nna", "𝔄nna🙂", "X🙂"),
        ("Noor", "Nooŕ", "Nooŕ"),  # a mark makes it another word
    ],
)
def test_names_of_every_script(name: str, text: str, after: str) -> None:
    assert replaced(text, Name(name, "X")) == after


def test_the_longest_name_holds_and_each_place_is_replaced_once() -> None:
    names = [ANNA, Name("Anna", "P07"), Name("Smith", "Q"), Name("P07", "Z", replaced=False)]
    assert replaced("Anna Smith, Anna, Smith", *names[:3]) == "P07, P07, Q"


def test_as_written_spares_the_word_that_a_name_is_too() -> None:
    assert replaced("Will will, WILL", Name("Will", "P1", exact=True)) == "P1 will, WILL"


def test_words_near_a_name_are_listed_by_what_they_look_like() -> None:
    ledger = Ledger(Matcher([ANNA, Name("Vandenbroucke", "P8")]))
    assert ledger.replaced("Annabel and Anne and Smith and Vandenbrouke, Vandenbroucke", "here") is not None
    kinds = {word: near.kind for word, near in ledger.near.items()}
    assert kinds == {"Annabel": INSIDE, "Anne": SIMILAR, "Smith": PART, "Vandenbrouke": SIMILAR}


@pytest.mark.parametrize("mark", ["…", "...", " …"])
def test_a_name_that_a_program_cut_off_is_replaced(mark: str) -> None:
    ledger = Ledger(Matcher([ANNA]))
    assert ledger.cut(f"I told Anna Smi{mark}", "here") == f"I told P07{mark}"
    assert ledger.cut(f"I told An{mark}", "here") == f"I told P07{mark}"
    assert ledger.cut(f"I told him{mark}", "here") is None


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([Name("Anna", "P1"), Name("Ben", "P1")], "the same pseudonym"),
        ([Name("Anna", "P1"), Name("ANNA", "P2")], "two pseudonyms"),
        ([Name("Anna", "Ben"), Name("Ben", "P2")], "holds the name"),
        ([Name("Anna", "Anna B")], "holds the name"),
        ([Name("Anna", "P\n7")], "line end"),
        ([Name("Anna", "…")], "neither letter nor digit"),
        ([Name("?!", "P1")], "neither letter nor digit"),
    ],
)
def test_lists_that_would_mix_people_up_are_refused(names: list[Name], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        checked(names)


def test_rows_of_one_person_may_have_one_pseudonym() -> None:
    names = [Name("Anna Smith", "P1"), Name("Anna", "P1"), Name("Ann", "P1", person="a"), Name("Nan", "P1", person="A")]
    assert len(checked(names[:2])) == 2
    assert len(checked(names[2:])) == 2


def test_pseudonyms_are_made_by_kind_and_never_twice() -> None:
    names = [Name("A1x", kind="coder"), Name("B1x", "Coder 1"), Name("C1x", kind="coder", person="c"),
             Name("D1x", person="C"), Name("E1x", replaced=False)]  # fmt: skip
    made = {name.name: name.pseudonym for name in with_pseudonyms(names, ["Coder 2"])}
    assert made == {"A1x": "Coder 3", "B1x": "Coder 1", "C1x": "Coder 4", "D1x": "Coder 4"}


@pytest.mark.parametrize("text", ["P07", "Interview 0012", "Participant 3", "focus group 2", "R12"])
def test_labels_are_nobodys_name(text: str) -> None:
    assert is_label(text)
    assert not is_label(text + " Anna")


def test_a_list_of_ones_own_needs_two_columns(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("real name;replace by;replace\nAnna Smith;P07;\nWill;;no\n\n", encoding="utf-8-sig")
    names, _ = read_names(path)
    assert [(name.name, name.pseudonym, name.replaced) for name in names] == [
        ("Anna Smith", "P07", True),
        ("Will", "", False),
    ]
    assert names[0].where == "names.csv, line 2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("who,what\nAnna,P1\n", "no column “Name”"),
        ("Name,Pseudonym\n,P1\n", "has no name"),
        ("Name,Replace\nAnna,maybe\n", "neither yes nor no"),
        ("", "no column “Name”"),
    ],
)
def test_lists_that_cannot_be_read_say_where(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "names.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QdpxError, match=said):
        read_names(path)


def test_a_pseudonym_stands_somewhere_only_with_all_its_signs() -> None:
    matcher = Matcher([Name("Anna", "🌻1")])
    assert not matcher.find("Interview 1 with Anna").taken
    assert matcher.find("Interview 🌻1").taken
