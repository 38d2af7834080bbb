"""The rules one by one, each on the smallest thing that shows it."""

import re
from collections.abc import Callable

import pytest

from qdpx_compassion.errors import UsageError
from qdpx_compassion.refi.dialects import dialect
from qdpx_compassion.refi.editor import Editor, Sink
from qdpx_compassion.refi.targets.facts import CONTENT, FACTS, SUBSTANCE
from qdpx_compassion.refi.targets.guids import Guids
from qdpx_compassion.refi.targets.inserting import Inserter
from qdpx_compassion.refi.targets.joining import Joiner
from qdpx_compassion.refi.targets.moving import Mover, plain_text
from qdpx_compassion.refi.targets.names import new_names
from qdpx_compassion.refi.targets.profiles import STANDINGS, Target, find_target, targets
from qdpx_compassion.refi.targets.splitting import Splitter
from qdpx_compassion.refi.targets.survey import Named
from qdpx_compassion.refi.targets.tag_writer import Changed
from qdpx_compassion.refi.targets.tags import rewritten
from qdpx_compassion.refi.targets.values import Made
from qdpx_compassion.refi.text import TextReading

UTF16 = TextReading("utf16")
POINTS = TextReading("code_point")
CRLF_ONE = TextReading("code_point", 1)


def passed(document: str, make: Callable[[Sink], Editor]) -> str:
    """A document after a pass."""
    out = bytearray()
    make(out.extend).run(iter([document.encode()]))
    return out.decode()


# -- the data ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", targets(), ids=lambda one: one.id)
def test_every_claim_is_about_a_thing_that_is_counted_and_says_how_we_know(target: Target) -> None:
    dialect(target.dialect)
    of = [fact for claim in target.claims for fact in claim.of]
    assert set(of) <= set(FACTS)
    assert len(of) == len(set(of)), "two claims about one thing"
    for claim in target.claims:
        assert claim.standing in set(STANDINGS) - {"unknown"}
        assert claim.effect in ("kept", "changed", "lost", "refused")
        assert claim.says.endswith(".") and claim.source
    for rule, (standing, source) in target.rules.items():
        assert standing in STANDINGS and source
        assert rule in (*target.written(), "folder", "bom", "lines")


def test_every_program_of_the_dialects_is_a_target() -> None:
    ids = {one.id for one in targets()}
    assert ids >= {"nvivo", "atlasti", "maxqda", "qualcoder", "taguette", "transana", "quirkos", "qdaminer", "dedoose",
                   "f4analyse", "hyperresearch", "openqda", "requal"}  # fmt: skip
    assert set(CONTENT) >= SUBSTANCE


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NVivo", "nvivo"),
        ("ATLAS.ti", "atlasti"),
        ("qda-miner", "qdaminer"),
        ("QDA Miner", "qdaminer"),
        ("f4", "f4analyse"),
    ],
)
def test_programs_are_known_however_people_write_them(written: str, meant: str) -> None:
    assert find_target(written).id == meant


def test_an_unknown_program_is_answered_with_the_near_one() -> None:
    with pytest.raises(UsageError, match="Did you mean “maxqda”") as caught:
        find_target("maxqd")
    assert "transana" in str(caught.value)


# -- tags --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "changes", "new"),
    [
        ("<a b='1' c = \"2\"/>", {"b": "3"}, '<a b="3" c = "2"/>'),
        ('<a b="1">', {"b": None}, "<a>"),
        ('<a b="1" />', {"c": 'x"<&'}, '<a b="1" c="x&quot;&lt;&amp;" />'),
        ('<p:a xb="1" b="2">', {"b": "3"}, '<p:a xb="1" b="3">'),
        ('<a t="b=1">', {"b": "2"}, '<a t="b=1" b="2">'),
    ],
)
def test_a_tag_keeps_everything_but_what_is_changed(tag: str, changes: dict[str, str | None], new: str) -> None:
    assert rewritten(tag, changes) == new


# -- positions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "old", "new", "span", "expected"),
    [
        ("🙂 felt heard", UTF16, POINTS, (3, 7), "felt"),
        ("🙂 felt heard", POINTS, UTF16, (2, 6), "felt"),
        ("a\r\nfelt", TextReading(), POINTS, (3, 7), "felt"),
        ("a\r\nfelt", CRLF_ONE, POINTS, (2, 6), "felt"),
        ("a\r\nfelt\r\nb", TextReading(), POINTS, (0, 9), "a\nfelt\n"),
        ("felt", TextReading(end="inclusive"), POINTS, (0, 3), "felt"),
        ("a\r\nb", TextReading(), POINTS, (0, 2), "a\n"),  # between CR and LF: the line end as a whole
        ("a\r\nb", TextReading(), POINTS, (2, 4), "\nb"),
        ("\ufeffmark", POINTS, POINTS, (1, 5), "mark"),
    ],
)
def test_a_passage_moves_with_its_text(
    text: str, old: TextReading, new: TextReading, span: tuple[int, int], expected: str
) -> None:
    mover = Mover(text, old, new)
    start, end = mover.start(span[0]), mover.end(span[1])
    plain = plain_text(text)
    if new.unit == "utf16":
        assert plain.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le") == expected
    else:
        assert plain[start:end] == expected


def test_a_mark_that_counts_and_goes_moves_every_passage() -> None:
    mover = Mover("felt", TextReading(bom=True), POINTS, had_bom=True)
    assert (mover.start(1), mover.end(5)) == (0, 4)


# -- names -------------------------------------------------------------------------------------------------------------


def test_the_first_of_a_name_keeps_it_and_another_gets_that_of_its_parent() -> None:
    found = [Named(1, "Trust"), Named(2, "Trust", "Clients"), Named(3, "Trust", "Clients"), Named(4, "Trust (Clients)")]
    new = new_names("Code", found, unique=True, named=False, longest=None)
    assert new == {2: ("Trust", "Trust (2)"), 3: ("Trust", "Trust (3)")}
    assert new_names("Code", found[:3], unique=True, named=False, longest=None) == {
        2: ("Trust", "Trust (Clients)"),
        3: ("Trust", "Trust (2)"),
    }


def test_names_are_cut_so_that_no_two_become_equal() -> None:
    found = [Named(1, "a" * 31), Named(2, "a" * 32), Named(3, "b")]
    new = new_names("Variable", found, unique=True, named=False, longest=30)
    assert new == {1: ("a" * 31, "a" * 30), 2: ("a" * 32, "a" * 26 + " (2)")}


def test_something_without_a_name_gets_one_only_where_the_program_wants_it() -> None:
    found = [Named(1, None), Named(2, "")]
    assert not new_names("Note", found, unique=True, named=False, longest=None)
    new = new_names("Note", found, unique=True, named=True, longest=None)
    assert [name for _, name in new.values()] == ["Note without a name", "Note without a name (2)"]


# -- GUIDs -------------------------------------------------------------------------------------------------------------


def test_guids_lose_braces_and_take_the_letter_case() -> None:
    assert Guids("upper", {}).of_element("Code", " {aB-c} ") == "AB-C"
    assert Guids("keep", {}).of_reference("CodeRef", "targetGUID", "{aB}") == "aB"


# -- selections --------------------------------------------------------------------------------------------------------

SELECTION = (
    '<T><PlainTextSelection guid="s" startPosition="0" endPosition="3" creatingUser="u">'
    "<Description>why</Description>\n"
    '<Coding guid="1" creatingUser="u"><CodeRef targetGUID="c"/></Coding>\n'
    '<Coding guid="2" creatingUser="v" creationDateTime="d">'
    '<CodeRef targetGUID="c"/><NoteRef targetGUID="n"/></Coding>'
    '<Coding guid="3" creatingUser="v"><CodeRef targetGUID="k"/></Coding><NoteRef targetGUID="m"/>'
    "</PlainTextSelection></T>"
)


def split(rule: str, coder: str = "coding") -> str:
    changed = Changed()
    return passed(
        SELECTION,
        lambda sink: Splitter("x", sink, rule=rule, coder=coder, guids=Guids("keep", {}), changed=changed),  # type: ignore[arg-type]
    )


def test_each_coding_gets_a_selection_and_what_else_was_there_stays_once() -> None:
    new = split("one")
    assert new.count("<PlainTextSelection ") == 3
    assert new.count('startPosition="0" endPosition="3"') == 3
    assert new.count("why") == new.count('<NoteRef targetGUID="m"/>') == new.count('<NoteRef targetGUID="n"/>') == 1
    assert len({part.split('"')[1] for part in new.split("<PlainTextSelection ")[1:]}) == 3


def test_only_a_code_that_is_there_already_leaves() -> None:
    new = split("different")
    assert new.count("<PlainTextSelection ") == 2
    first, second = new.split("</PlainTextSelection>")[:2]
    assert ('guid="1"' in first, 'guid="3"' in first, 'guid="2"' in second) == (True, True, True)


def test_a_selection_says_who_coded_where_the_program_reads_it_there() -> None:
    _, second, third = split("one", "selection").split("<PlainTextSelection ")[1:]
    assert 'creatingUser="v"' in second.split(">")[0]
    assert 'creationDateTime="d"' in second.split(">")[0]
    assert 'creatingUser="v"' in third.split(">")[0]
    assert split("keep") == SELECTION


# -- containers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "present", "new"),
    [
        ("<Project><Sources/></Project>", {"Sources"}, "<Project><Sources/><Sets><Set/></Sets></Project>"),
        (
            "<Project><Users/><Graphs/></Project>",
            {"Users", "Graphs"},
            "<Project><Users/><Sets><Set/></Sets><Graphs/></Project>",
        ),
        ("<Project><Sets a='1'/></Project>", {"Sets"}, "<Project><Sets a='1'><Set/></Sets></Project>"),
        ("<Project><Sets><Set/> </Sets></Project>", {"Sets"}, "<Project><Sets><Set/> <Set/></Sets></Project>"),
        (
            "<p:Project xmlns:p='u'><p:Sets/></p:Project>",
            {"Sets"},
            "<p:Project xmlns:p='u'><p:Sets><p:Set/></p:Sets></p:Project>",
        ),
    ],
)
def test_elements_go_into_their_container_or_a_new_one_in_its_place(document: str, present: set[str], new: str) -> None:
    added: dict[str, list[Made]] = {"Sets": [("Set", {}, [])]}
    made = passed(document, lambda sink: Inserter("x", sink, added=added, present=present, codes={}))
    assert made == new


@pytest.mark.parametrize(
    ("case", "new"),
    [
        ('<Case guid="g"/>', '<Case guid="g"><CodeRef targetGUID="c"/></Case>'),
        ('<Case guid="g"><SourceRef/></Case>', '<Case guid="g"><CodeRef targetGUID="c"/><SourceRef/></Case>'),
        (
            '<Case guid="g"><Description/><SourceRef/></Case>',
            '<Case guid="g"><Description/><CodeRef targetGUID="c"/><SourceRef/></Case>',
        ),
        (
            '<Case guid="g"><Description>x/></Description></Case>',
            '<Case guid="g"><Description>x/></Description><CodeRef targetGUID="c"/></Case>',
        ),
        ('<Case guid="other"/>', '<Case guid="other"/>'),
    ],
)
def test_a_case_names_the_code_whose_guid_it_had(case: str, new: str) -> None:
    made = passed(
        f"<Project><Cases>{case}</Cases></Project>",
        lambda sink: Inserter("x", sink, added={}, present={"Cases"}, codes={"g": "c"}),
    )
    assert made == f"<Project><Cases>{new}</Cases></Project>"


# -- passages of one place ---------------------------------------------------------------------------------------------


def _by(user: str, selection: str) -> str:
    return selection.replace(" startPosition", f' creatingUser="{user}" startPosition', 1)


def _at(guid: str, code: str, more: str = "", end: int = 2, user: str = "u") -> str:
    coding = f'<Coding guid="c{guid}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding>'
    return (
        f'<PlainTextSelection guid="{guid}" startPosition="1" endPosition="{end}">{coding}{more}</PlainTextSelection>'
    )


@pytest.mark.parametrize(
    ("selections", "joined"),
    [
        (_at("1", "a") + _at("2", "b"), [["a", "b"]]),
        (_at("1", "a") + _at("2", "a", user="w") + _at("3", "b"), [["a", "b"], ["a"]]),
        (_at("1", "a") + _at("2", "b", end=3), [["a"], ["b"]]),
        (_at("1", "a") + _at("2", "b", user="w"), [["a", "b"]]),
        (_by("x", _at("1", "a", user="")) + _by("y", _at("2", "b", user="")), [["a"], ["b"]]),
        (_at("1", "a") + _at("2", "b", '<NoteRef targetGUID="n"/>'), [["a"], ["b"]]),
        (_at("1", "a", '<NoteRef targetGUID="n"/>') + _at("2", "b"), [["a", "b"]]),
        (_at("1", "a") + _at("named", "b"), [["a"], ["b"]]),
        (_at("1", "a") + "</TextSource><TextSource>" + _at("2", "b"), [["a"], ["b"]]),
    ],
)
def test_codings_of_one_place_come_into_one_selection_where_nothing_is_lost(
    selections: str, joined: list[list[str]]
) -> None:
    changed = Changed()
    document = f"<Project><Sources><TextSource>{selections}</TextSource></Sources></Project>"
    new = passed(document, lambda sink: Joiner("x", sink, referenced={"named"}, changed=changed))
    found = [re.findall('CodeRef targetGUID="(.)"', one) for one in new.split("</PlainTextSelection>")[:-1]]
    assert found == joined
    assert changed.counts["joined"] == selections.count("<PlainTextSelection") - len(joined)
    before = new if not changed.counts["joined"] else ""
    assert before in ("", document)
