"""Framework files: what is accepted, and messages that name the file, the line and the remedy."""

from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qdpx_compassion.errors import FrameworkError
from qdpx_compassion.frameworks import load_framework
from qdpx_compassion.frameworks.form import PALETTE
from qdpx_compassion.frameworks.loading import MAX_BYTES, read_framework

GOOD = """\
id = "trust"
title = "Trust"
version = "1"
citation = "Somebody (2020). On trust."

[[dimension]]
id = "kind"
title = "Kinds of trust"
question = "Which kind?"

[[dimension.construct]]
id = "in-people"
name = "Trust in people"
definition = "Trust that one person has in another."

[[dimension.construct]]
id = "in-systems"
name = "Trust in systems"
definition = "Trust in an institution or a machine."
color = "#0a0b0c"

[[dimension]]
id = "direction"
title = "Direction"
question = "Does it grow?"
several = false
themes = true
citation = "Somebody else (2021)."

[[dimension.construct]]
id = "grows"
name = "Grows"
definition = "It grows."
"""


def _line_of(part: str, text: str = GOOD) -> int:
    return text[: text.index(part)].count("\n") + 1


def _problem(text: str | bytes) -> FrameworkError:
    with pytest.raises(FrameworkError) as caught:
        read_framework(text if isinstance(text, bytes) else text.encode(), "my.toml")
    assert caught.value.what and caught.value.remedy
    return caught.value


def test_a_file_of_the_same_form_is_a_framework(tmp_path: Path) -> None:
    path = tmp_path / "trust.toml"
    path.write_text(GOOD, encoding="utf-8")
    framework = load_framework(path)
    assert load_framework(str(path)) == framework
    assert [construct.id for construct in framework.constructs] == ["in-people", "in-systems", "grows"]
    kind, direction = framework.dimensions
    assert (kind.several, kind.themes, kind.citation) == (True, False, "Somebody (2020). On trust.")
    assert (direction.several, direction.themes, direction.citation) == (False, True, "Somebody else (2021).")
    assert framework.description == ""


def test_constructs_without_a_colour_get_one_of_the_palette_and_written_ones_keep_theirs() -> None:
    colors = [construct.color for construct in read_framework(GOOD.encode(), "x").constructs]
    assert colors == [PALETTE[0], "#0A0B0C", PALETTE[2]]


def test_more_constructs_than_colours_begin_the_palette_again() -> None:
    tables = "".join(
        f'[[dimension.construct]]\nid = "c{n}"\nname = "C{n}"\ndefinition = "d"\n' for n in range(len(PALETTE) + 1)
    )
    text = 'id = "x"\ntitle = "X"\nversion = "1"\n[[dimension]]\nid = "d"\ntitle = "D"\nquestion = "?"\n' + tables
    colors = [construct.color for construct in read_framework(text.encode(), "x").constructs]
    assert colors == [*PALETTE, PALETTE[0]]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark_and_line_ends_make_no_difference(mark: bytes, ends: str) -> None:
    assert read_framework(mark + GOOD.replace("\n", ends).encode(), "x") == read_framework(GOOD.encode(), "x")


def test_a_definition_may_have_several_lines_with_any_line_end() -> None:
    text = GOOD.replace('"It grows."', '"""\nIt grows.\nSlowly.\n"""').replace("\n", "\r\n")
    assert read_framework(text.encode(), "x").constructs[-1].definition == "It grows.\nSlowly."


MEANING = [
    # what is replaced, by what, the line that is named, what the message says
    ('id = "trust"\n', "", 1, "“id” is missing in the framework"),
    ('version = "1"', "version = 1.0", 3, "must be a line of text, and a number stands there"),
    ('question = "Which kind?"\n', "", 6, "“question” is missing in the dimension “kind”"),
    ('definition = "It grows."\n', "", 30, "“definition” is missing in the construct “grows”"),
    ('id = "grows"\n', "", 30, "“id” is missing in this construct"),
    ("several = false", 'several = "no"', 26, "must be true or false, and text stands there"),
    ("themes = true", "themes = [true]", 27, "a list stands there"),
    ('name = "Grows"', "name = 2020-01-01", 32, "a date or time stands there"),
    ('name = "Grows"', "name = true", 32, "true or false stands there"),
    ('name = "Grows"', "name = {a = 1}", 32, "a table stands there"),
    ('name = "Grows"', 'name = "  "', 32, "“name” is empty"),
    ('name = "Grows"', r'name = "\u200B\u00AD"', 32, "“name” is empty"),
    ('name = "Grows"', r'name = "Grows\nfast"', 32, "line break"),
    ('name = "Grows"', 'naam = "Grows"', 32, "The key “naam” is not known in the construct “grows”"),
    ('color = "#0a0b0c"', 'colour = "#0a0b0c"', 20, "“colour” is not known"),
    ('color = "#0a0b0c"', 'color = "teal"', 20, "The colour “teal” is not #RRGGBB"),
    ('color = "#0a0b0c"', 'color = "#abc"', 20, "not #RRGGBB"),
    ('color = "#0a0b0c"', 'color = ""', 20, "“color” is empty"),
    ('id = "in-systems"', 'id = "In systems"', 17, "has not the form of an id"),
    ('id = "in-systems"', 'id = "-"', 17, "has not the form of an id"),
    ('id = "in-systems"', 'id = "in--systems"', 17, "has not the form of an id"),
    ('id = "grows"', 'id = "in-people"', 31, "Two constructs have the id “in-people” (the other is in line 12)"),
    ('id = "direction"', 'id = "kind"', 23, "Two dimensions have the id “kind” (the other is in line 7)"),
    ('title = "Direction"', 'title = "kinds of  Trust"', 24, "Two dimensions have the title"),
    ('"Trust in systems"', '"TRUST IN PEOPLE"', 18, "Two constructs of this dimension have the name"),
    ('id = "trust"', 'id = "trust"\nguid = "0"', 2, "The key “guid” is not known in the framework"),
    ('title = "Direction"', 'title = "Direction"\nguid = "0"', 25, "The key “guid” is not known"),
    ('version = "1"', 'version = "1"\nmore.name = 1', 4, "The key “more” is not known in the framework"),
]


@pytest.mark.parametrize(("old", "new", "line", "said"), MEANING, ids=[f"{m[2]}: {m[3]}" for m in MEANING])
def test_a_problem_of_meaning_names_its_line_and_a_remedy(old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    for text in (GOOD.replace(old, new), GOOD.replace(old, new).replace("\n", "\r\n")):
        problem = _problem(text)
        assert problem.where == f"my.toml, line {line}"
        assert said in problem.what


def test_a_misspelt_key_gets_the_near_one() -> None:
    assert "Did you mean “color”?" in _problem(GOOD.replace("color", "colour")).remedy
    assert "Did you mean “definition”?" in _problem(GOOD.replace("definition", "defintion")).remedy
    assert "Did you mean “dimension”?" in _problem(GOOD.replace("dimension", "dimensions")).remedy


def test_an_id_in_another_form_gets_a_proposal() -> None:
    assert "“vertrouwen-een-groei”" in _problem(GOOD.replace('"grows"', '"Vertrouwen: één groei!"')).remedy


def test_names_may_repeat_in_different_dimensions() -> None:
    text = GOOD.replace('name = "Grows"', 'name = "Trust in people"')
    assert read_framework(text.encode(), "x").constructs[-1].name == "Trust in people"


def test_no_dimension_and_no_construct_are_said() -> None:
    assert "“dimension” is missing" in _problem('id = "x"\ntitle = "X"\nversion = "1"\n').what
    none = 'id = "x"\ntitle = "X"\nversion = "1"\ndimension = []\n'
    assert (_problem(none).where, _problem(none).what[:22]) == ("my.toml, line 4", "There is no dimension:")
    bare = 'id = "x"\ntitle = "X"\nversion = "1"\n\n[[dimension]]\nid = "d"\ntitle = "D"\nquestion = "?"\n'
    assert "“construct” is missing in the dimension “d”" in _problem(bare).what
    assert _problem(bare).where == "my.toml, line 5"
    assert "[[dimension.construct]]" in _problem(bare).remedy


def test_a_single_pair_of_brackets_is_said() -> None:
    problem = _problem('id = "x"\ntitle = "X"\nversion = "1"\n[dimension]\nid = "d"\n')
    assert problem.where == "my.toml, line 4"
    assert "[[dimension]]" in problem.remedy


INLINE = """\
id = "x"
title = "X"
version = "1"
dimension = [
  { id = "a", title = "A", question = "?", construct = [
    { id = "one", name = "One", definition = "d" },  # a comment with ] and }
    { id = "two", name = "Two", definition = '''d ] } "''', color = "#12345" },
  ] },
  { id = "b", title = "B", question = "?", construct = [ { id = "three", name = "", definition = "d" } ] },
]
"""


def test_tables_written_inline_have_lines_too() -> None:
    assert _problem(INLINE).where == "my.toml, line 7"
    assert _problem(INLINE.replace("#12345", "#123456")).where == "my.toml, line 9"
    assert _problem(INLINE.replace(", definition = '''d ] } \"'''", "")).where == "my.toml, line 7"
    assert _problem(INLINE.replace('  { id = "b"', '  7, { id = "b"')).where == "my.toml, line 9"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (GOOD.replace('title = "Direction"', "title = Direction"), _line_of('title = "Direction"')),
        (GOOD.replace('id = "kind"', 'id = "kind'), _line_of('id = "kind"')),
        (GOOD + 'id = "twice"\n', GOOD.count("\n") + 1),
        ('id = "x"\ntitle = """never closed\n\n', 2),
    ],
)
def test_a_syntax_error_names_its_line(text: str, line: int) -> None:
    problem = _problem(text)
    assert problem.where == f"my.toml, line {line}"
    assert "not valid TOML" in problem.what
    assert "(at " not in problem.what


def test_windows_1252_is_said_with_its_line() -> None:
    problem = _problem(GOOD.replace('"It grows."', '"Café"').encode("cp1252"))
    assert problem.where == f"my.toml, line {_line_of('It grows.')}"
    assert "Windows-1252" in problem.what
    assert "UTF-8" in problem.remedy


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_said(encoding: str) -> None:
    assert "UTF-16" in _problem(GOOD.encode(encoding)).what


@pytest.mark.parametrize("data", [b"PK\x03\x04...", b"<?xml version='1.0'?><CodeBook/>", b"\xef\xbb\xbf<html>"])
def test_an_archive_or_xml_given_as_framework_is_said(data: bytes) -> None:
    assert "archive or XML" in _problem(data).what


def test_an_unknown_name_lists_the_known_ones_and_the_near_one() -> None:
    with pytest.raises(FrameworkError, match="no framework called “Compasion”") as caught:
        load_framework("Compasion")
    assert "Did you mean “compassion”?" in caught.value.remedy
    assert "Built in: compassion" in caught.value.remedy
    with pytest.raises(FrameworkError) as other:
        load_framework("xyz")
    assert "Did you mean" not in other.value.remedy
    assert "compassion" in other.value.remedy


def test_a_file_with_the_id_of_a_built_in_framework_must_be_that_framework() -> None:
    builtin = (files("qdpx_compassion.frameworks") / "compassion.toml").read_text(encoding="utf-8")
    assert read_framework(builtin.encode(), "copy.toml") == load_framework("compassion")
    with pytest.raises(FrameworkError, match="“compassion” is that of a built-in framework") as caught:
        read_framework(builtin.replace("Emotional resonance", "Resonance").encode(), "mine.toml")
    line = builtin[: builtin.index('id = "compassion"')].count("\n") + 1
    assert caught.value.where == f"mine.toml, line {line}"
    assert "Choose another id" in caught.value.remedy
    own = builtin.replace('id = "compassion"', 'id = "my-compassion"', 1)
    assert not read_framework(own.encode(), "mine.toml").code_guids & load_framework("compassion").code_guids


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(FrameworkError, match="no such file"):
        load_framework(tmp_path / "gone.toml")
    with pytest.raises(FrameworkError, match="folder"):
        load_framework(tmp_path)
    with pytest.raises(FrameworkError, match="cannot be read"):
        load_framework("a\0b.toml")


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(FrameworkError, match="2 MB"):
        load_framework(path)


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "[" * 5000 + "]" * 5000, "a = " + "9" * 10000])
def test_what_breaks_a_parser_is_refused_too(text: str) -> None:
    assert _problem(text).where.startswith("my.toml")


@given(st.binary(max_size=200))
@example(b"")
@example(b"\xef\xbb\xbf")
def test_any_bytes_give_a_framework_or_a_framework_error(data: bytes) -> None:
    with pytest.raises(FrameworkError):
        read_framework(data, "x.toml")


@given(st.integers(0, len(GOOD)), st.text(max_size=3))
def test_any_slip_of_the_hand_gives_a_framework_or_a_framework_error(at: int, typed: str) -> None:
    try:
        data = (GOOD[:at] + typed + GOOD[at + len(typed) :]).encode()
    except UnicodeEncodeError:
        return
    try:
        framework = read_framework(data, "x.toml")
    except FrameworkError as problem:
        assert problem.where.startswith("x.toml, line ")
    else:
        assert framework.constructs
