"""The codes that stand for a framework, and the codebook made of them."""

import re
from xml.etree import ElementTree

from qdpx_compassion.frameworks import framework_codes, load_framework
from qdpx_compassion.frameworks.codebook import framework_codebook
from qdpx_compassion.frameworks.loading import read_framework

NAMESPACE = "{urn:QDA-XML:codebook:1.0}"


def test_only_constructs_are_codable_and_coloured() -> None:
    top = framework_codes(load_framework())
    assert (top.name, top.is_codable, top.color) == ("Compassion", False, None)
    for dimension in top.children:
        assert (dimension.is_codable, dimension.color) == (False, None)
        for construct in dimension.children:
            assert construct.is_codable
            assert construct.color is not None and re.fullmatch("#[0-9A-F]{6}", construct.color)
            assert construct.children == ()


def test_a_constructs_description_is_its_definition_then_its_source() -> None:
    framework = load_framework()
    for dimension, code in zip(framework.dimensions, framework_codes(framework).children, strict=True):
        for construct, below in zip(dimension.constructs, code.children, strict=True):
            assert below.description == f"{construct.definition}\n\nSource: {dimension.citation}"


def test_what_is_not_said_leaves_no_empty_description_and_what_xml_cannot_hold_is_shown() -> None:
    text = r"""
    id = "x"
    title = "X"
    version = "1"
    dimension = [{id = "d", title = "D", question = "Q?", construct = [
      {id = "c", name = "C \uFFFF", definition = "bell \u0007, tab \t, smile \U0001F600"}]}]
    """
    code = framework_codes(read_framework(text.encode(), "x.toml"))
    assert code.description == "Framework version 1."
    assert code.children[0].description == "Q?"
    construct = code.children[0].children[0]
    assert (construct.name, construct.description) == ("C \ufffd", "bell ␇, tab \t, smile 😀")


def test_the_codebook_holds_the_same_codes() -> None:
    framework = load_framework()
    codebook = ElementTree.fromstring(framework_codebook(framework))
    written = [
        (code.get("guid"), code.get("name"), code.findtext(f"{NAMESPACE}Description"), code.get("color"))
        for code in codebook.iter(f"{NAMESPACE}Code")
    ]
    assert written == [
        (code.guid, code.name, code.description, code.color) for code in framework_codes(framework).walk()
    ]
    assert str(codebook.get("origin")).startswith("qdpx-compassion ")
    assert codebook.find(f"{NAMESPACE}Sets") is None


def test_the_codebook_is_the_same_bytes_every_time() -> None:
    assert framework_codebook(load_framework()) == framework_codebook(load_framework())
