"""What a project says never runs: fifty payloads in names, texts, notes, descriptions and colours."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from browser_pages import Open
from command_line import run
from small_projects import guid

RAN = "window.ran=(window.ran||0)+1"
PAYLOADS = [
    f"<script>{RAN}</script>",
    f"<SCRIPT>{RAN}</SCRIPT>",
    f"</script><script>{RAN}</script>",
    f"</ScRiPt ><script>{RAN}//",
    f"<!--<script>{RAN}</script>",
    f"--><script>{RAN}</script>",
    f"<![CDATA[<script>{RAN}</script>]]>",
    f"<img src=x onerror={RAN}>",
    f"<img src=x onerror='{RAN}'>",
    f'"><img src=x onerror="{RAN}">',
    f"'><img src=x onerror={RAN}>",
    f"<svg onload={RAN}>",
    f"<svg><script>{RAN}</script></svg>",
    f"<svg><animate onbegin={RAN} attributeName=x dur=1s>",
    f"<svg><a href='javascript:{RAN}'><text y=20>x</text></a></svg>",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={RAN}>",
    f"<body onload={RAN}>",
    f"<iframe src='javascript:parent.{RAN}'></iframe>",
    f"<iframe srcdoc='<script>parent.{RAN}</script>'></iframe>",
    f"<object data='javascript:{RAN}'></object>",
    f"<embed src='javascript:{RAN}'>",
    f"<a href='javascript:{RAN}'>read on</a>",
    f"<a href='data:text/html,<script>{RAN}</script>'>read on</a>",
    f"javascript:{RAN}",
    f"JaVaScRiPt:{RAN}//",
    f"vbscript:{RAN}",
    f"<form action='javascript:{RAN}'><button autofocus>x</button></form>",
    f"<input autofocus onfocus={RAN}>",
    f"<details open ontoggle={RAN}>",
    f"<video><source onerror={RAN}></video>",
    f"<audio src=x onerror={RAN}>",
    f"<marquee onstart={RAN}>",
    f"<style>@import 'javascript:{RAN}';</style>",
    "<style>body{display:none}</style>",
    "</style><style>body{display:none}</style>",
    f"<link rel=stylesheet href='javascript:{RAN}'>",
    "<meta http-equiv=refresh content='0;url=https://example.invalid/'>",
    "<base href='https://example.invalid/'>",
    f"<template><script>{RAN}</script></template>",
    f"<textarea></textarea><script>{RAN}</script>",
    f"<title></title><script>{RAN}</script>",
    f"<noscript><p title='</noscript><img src=x onerror={RAN}>'></noscript>",
    f"${{{RAN}}}",
    f"`${{{RAN}}}`",
    f"{{{{constructor.constructor('{RAN}')()}}}}",
    "{{ cycler.__init__.__globals__ }} {% for x in y %}",
    f"datum['constructor']['constructor']('{RAN}')()",
    f'\\u003cscript\\u003e{RAN}\\u003c/script\\u003e","x":"',
    f"&lt;script&gt;{RAN}&lt;/script&gt; &#60;script&#62;{RAN}",
    f"\u2028{RAN}\u2029*/{RAN}/*",
    "=HYPERLINK(\"https://example.invalid/\",\"x\") @import url(https://example.invalid/x.css); expression(alert(1))",
]  # fmt: skip
COLOURS = [
    "red;}body{display:none}", "#12345", "#GGGGGG", "url(https://example.invalid/x.png)", "expression(alert(1))",
    "#112233}</style><script>window.ran=1</script>", "var(--x)",
]  # fmt: skip


def project() -> str:
    """A project in which every payload is a name, a text, a note, a definition, a group, a coder and a title."""
    user = quoteattr(PAYLOADS[1])
    variable = guid("variable", "x")
    codes = "".join(
        f'<Code guid="{guid("code", str(n))}" name={quoteattr(text)} isCodable="true"'
        f" color={quoteattr(COLOURS[n % len(COLOURS)])}><Description>{escape(text)}</Description></Code>"
        for n, text in enumerate(PAYLOADS)
    )
    sources = "".join(
        f'<TextSource guid="{guid("source", str(n))}" name={quoteattr(text)}>'
        f"<Description>{escape(text)}</Description><PlainTextContent>{escape(text)}</PlainTextContent>"
        f'<PlainTextSelection guid="{guid("selection", str(n))}" startPosition="0" endPosition="{len(text)}">'
        f"<Description>{escape(text)}</Description>"
        f'<Coding guid="{guid("coding", str(n))}" creatingUser="{guid("user")}">'
        f'<CodeRef targetGUID="{guid("code", str(n))}"/></Coding></PlainTextSelection>'
        f'<VariableValue><VariableRef targetGUID="{variable}"/>'
        f"<TextValue>{escape(PAYLOADS[n % 3])}</TextValue></VariableValue>"
        "</TextSource>"
        for n, text in enumerate(PAYLOADS)
    )
    notes = "".join(
        f'<Note guid="{guid("note", str(n))}" name={quoteattr(text)}>'
        f"<PlainTextContent>{escape(text)}</PlainTextContent></Note>"
        for n, text in enumerate(PAYLOADS)
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name={quoteattr(PAYLOADS[2])} '
        f'origin={quoteattr(PAYLOADS[7])}><Users><User guid="{guid("user")}" name={user}/></Users>'
        f"<CodeBook><Codes>{codes}</Codes></CodeBook><Variables>"
        f'<Variable guid="{variable}" name={quoteattr("Role" + PAYLOADS[8])} typeOfVariable="Text"/>'
        f"</Variables><Sources>{sources}</Sources><Notes>{notes}</Notes></Project>"
    )


def test_nothing_that_a_project_says_runs(tmp_path: Path, open_page: Open) -> None:
    assert len(set(PAYLOADS)) >= 50
    (tmp_path / "small.qde").write_text(project(), encoding="utf-8")
    mapping = tmp_path / "mapping.csv"
    marks = enumerate(("enhances", "detracts", "match"))
    rows = [f"{guid('code', str(n))},{construct},yes" for n, construct in marks]
    mapping.write_text("\n".join(["code,construct,mark", *rows]), encoding="utf-8")
    ran = run("summarise", tmp_path / "small.qde", mapping, "-o", tmp_path / "report.html")
    assert ran.code == 0, ran.err
    opened = open_page(tmp_path / "report.html")
    page = opened.page
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Previous").click()
    for payload in PAYLOADS[:12]:
        page.get_by_label("Search").fill(payload)
        page.get_by_label("Search").press("Enter")
    page.get_by_role("button", name="Clear all filters").click()
    for heading in page.locator("#values .sort").all():
        heading.click()
    page.locator("#codebook tbody th a").first.click()
    assert page.evaluate("window.ran") is None
    assert page.locator("script").count() == 2
    assert page.locator("main img, iframe, object, embed, base, link, main style, main form form, video").count() == 0
    assert page.locator("main").is_visible()
    links = page.eval_on_selector_all("a", "all => all.map(one => one.getAttribute('href'))")
    assert links and all(link.startswith("#") for link in links)


def test_every_word_is_shown_as_it_was_written(tmp_path: Path, open_page: Open) -> None:
    (tmp_path / "small.qde").write_text(project(), encoding="utf-8")
    assert run("summarise", tmp_path / "small.qde", "-o", tmp_path / "report.html").code == 0
    opened = open_page(tmp_path / "report.html")
    assert opened.page.locator("h1").inner_text() == PAYLOADS[2]
    shown = opened.words()
    opened.page.get_by_role("button", name="Next").click()
    shown += opened.words()
    assert sorted(shown) == sorted(text.strip() for text in PAYLOADS)
