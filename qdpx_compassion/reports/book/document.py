"""A Word document in Word's own styles, with a table of contents; paragraphs are appended, in document order.

Paragraphs are made as XML and put at the end of the document: python-docx's own ``add_paragraph`` looks for its place
anew each time, which takes minutes for ten thousands of them.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from qdpx_compassion.files.dated_zip import redate
from qdpx_compassion.refi.characters import in_element, xml_text
from qdpx_compassion.reports.direction import is_right_to_left, runs

_NAMESPACES = nsdecls("w")
_INK, _MUTED, _ACCENT = RGBColor(0x22, 0x2B, 0x31), RGBColor(0x5A, 0x66, 0x6E), RGBColor(0x2B, 0x5C, 0x6B)
_LINE_END = re.compile("\r\n?|[\u0085\u2028\u2029]")
_PROPERTY_LIMIT = 255
#: Parts of the template that say nothing of this document: a picture and counts of another one, styles of Word 2010.
_NOT_OURS = ("thumbnail", "extended-properties", "stylesWithEffects", "customXml")
#: Names of styles for paragraphs, as Word has them.
TITLE, SUBTITLE, TEXT, QUOTE, NUMBERS, WHERE = "Title", "Subtitle", "Body Text", "Quote", "Body Text 2", "Body Text 3"
#: Styles of our own sentences: English, whatever name they begin with.
_OURS = (NUMBERS, WHERE)


class Document:
    """A document that is being written.

    Args:
        title: in its properties.
        subject: in its properties.
        comments: in its properties.
        moment: the date that it carries.
        new_pages: whether chapters begin on new pages.

    Attributes:
        replaced: how many characters are shown by stand-ins because XML cannot hold them.
    """

    def __init__(self, title: str, *, subject: str, comments: str, moment: dt.datetime, new_pages: bool) -> None:
        self._document: Any = docx.Document()
        self._moment = moment
        self.replaced = 0
        self._bookmarks = 0
        for part in (self._document.part, self._document.part.package):
            for key in [key for key, one in part.rels.items() if any(name in one.reltype for name in _NOT_OURS)]:
                del part.rels[key]
        self._properties(title, subject, comments)
        self._settings()
        self._styles(new_pages)
        self._page()
        self._body = self._document.element.body
        self._section = self._body.sectPr
        self._body.remove(self._section)  # put back at the end, when all paragraphs stand before it
        self._ids = {style.name: style.style_id for style in self._document.styles}

    def paragraph(self, text: str, style: str = TEXT) -> None:
        """Append a paragraph; line ends of its text are line breaks."""
        right_to_left = style not in _OURS and is_right_to_left(text)
        self._append(style, self._runs(text, right_to_left), right_to_left=right_to_left)

    def heading(self, text: str, level: int, bookmark: str = "") -> None:
        """Append a heading in Word's style; with a bookmark, the table of contents can lead to it."""
        inner = self._runs(text)
        if bookmark:
            self._bookmarks += 1
            inner = (
                f'<w:bookmarkStart w:id="{self._bookmarks}" w:name="{bookmark}"/>{inner}'
                f'<w:bookmarkEnd w:id="{self._bookmarks}"/>'
            )
        self._append(f"Heading {level}", inner, right_to_left=is_right_to_left(text))

    def contents(self, title: str, note: str, entries: list[tuple[int, str, str]], depth: int) -> None:
        """Append a table of contents: a field that Word can update, filled already.

        Page numbers are known only to the program that lays out the pages; they come when the field is updated. Asking
        for that on opening would greet people with a warning about fields that refer to other files.

        Args:
            title: above it.
            note: below the title.
            entries: level, text and bookmark of each heading.
            depth: down to which level Word lists headings when it updates.
        """
        paragraphs = [self._paragraph("TOC Heading", self._runs(title)), self._paragraph(NUMBERS, self._runs(note))]
        instruction = f' TOC \\o "1-{depth}" \\h \\z \\u '
        opening = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f'<w:r><w:instrText xml:space="preserve">{in_element(instruction)}</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        for level, text, bookmark in entries:
            link = f'<w:hyperlink w:anchor="{bookmark}" w:history="1">{self._runs(text)}</w:hyperlink>'
            right = is_right_to_left(text)
            paragraphs.append(self._paragraph(f"toc {level}", opening + link, right_to_left=right))
            opening = ""
        paragraphs.append(self._paragraph("Normal", opening + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'))
        gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
        self._body.append(
            parse_xml(
                f"<w:sdt {_NAMESPACES}><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent>{''.join(paragraphs)}"
                "</w:sdtContent></w:sdt>"
            )
        )

    def save(self, target: Path) -> None:
        """Write the document; the same content and date give the same bytes."""
        self._body.append(self._section)
        written = io.BytesIO()
        self._document.save(written)
        redate(written, target, self._moment)

    def _append(self, style: str, inner: str, *, right_to_left: bool) -> None:
        self._body.append(parse_xml(self._paragraph(style, inner, right_to_left=right_to_left, root=True)))

    def _paragraph(self, style: str, inner: str, *, right_to_left: bool = False, root: bool = False) -> str:
        bidi = "<w:bidi/>" if right_to_left else ""
        declared = f" {_NAMESPACES}" if root else ""
        return f'<w:p{declared}><w:pPr><w:pStyle w:val="{self._ids[style]}"/>{bidi}</w:pPr>{inner}</w:p>'

    def _runs(self, text: str, base: bool | None = None) -> str:
        """The text as runs, those from right to left marked; what XML cannot hold is shown by stand-ins.

        Args:
            text: of one paragraph.
            base: whether the paragraph runs from right to left; None: as its text does.
        """
        text = _LINE_END.sub("\n", text).replace("\x7f", "\u2421")
        clean = xml_text(text)
        self.replaced += sum(one != other for one, other in zip(text, clean, strict=True)) if clean != text else 0
        return "".join(
            f"<w:r>{'<w:rPr><w:rtl/></w:rPr>' if right_to_left else ''}{_content(piece)}</w:r>"
            for piece, right_to_left in runs(clean, base)
        )

    def _properties(self, title: str, subject: str, comments: str) -> None:
        properties = self._document.core_properties
        properties.title, properties.subject = (xml_text(text)[:_PROPERTY_LIMIT] for text in (title, subject))
        properties.comments = xml_text(comments)[:_PROPERTY_LIMIT]
        properties.author = properties.last_modified_by = "qdpx_compassion"
        properties.created = properties.modified = self._moment
        properties.revision, properties.keywords = 1, ""

    def _settings(self) -> None:
        """Those of today's Word: without them it speaks of a compatibility mode."""
        settings = self._document.settings.element
        for tag, attribute, value in (("zoom", "percent", "100"), ("compatSetting", "val", "15")):
            found = settings.find(f".//{qn(f'w:{tag}')}")
            found.set(qn(f"w:{attribute}"), value)

    def _page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.5)
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        footer._p.append(
            parse_xml(f'<w:fldSimple {_NAMESPACES} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
        )

    def _styles(self, new_pages: bool) -> None:
        styles = self._document.styles
        for style in [one for one in styles if one.type == WD_STYLE_TYPE.TABLE and one.name != "Normal Table"]:
            style.delete()
        _look(styles["Normal"], 11, _INK)
        for name, size, before, after in (
            ("Heading 1", 18, 30, 6),
            ("Heading 2", 14, 20, 4),
            ("Heading 3", 11.5, 12, 4),
        ):
            _look(styles[name], size, _ACCENT, before=before, after=after)
            styles[name].font.bold = styles[name].font.cs_bold = True
        styles["Heading 1"].paragraph_format.page_break_before = new_pages
        _look(styles[TITLE], 26, _ACCENT, after=4)
        _look(styles[SUBTITLE], 13, _MUTED, after=18)
        styles[SUBTITLE].font.italic = styles[SUBTITLE].font.cs_italic = False
        _look(styles[TEXT], 11, _INK, after=6)
        _look(styles[NUMBERS], 10, _MUTED, after=8)
        styles[NUMBERS].paragraph_format.line_spacing = 1.15
        _look(styles[QUOTE], 11, _INK, before=4, after=2)
        styles[QUOTE].font.italic = styles[QUOTE].font.cs_italic = False
        styles[QUOTE].paragraph_format.left_indent = Cm(0.6)
        styles[QUOTE].paragraph_format.keep_with_next = True
        _look(styles[WHERE], 9, _MUTED, after=10)
        styles[WHERE].paragraph_format.left_indent = Cm(0.6)
        _look(styles["TOC Heading"], 16, _ACCENT, before=12, after=6)
        styles["TOC Heading"].paragraph_format.page_break_before = False
        for level in (1, 2):
            contents = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
            contents.base_style = styles["Normal"]
            _look(contents, 11 - 0.5 * (level - 1), _INK, after=3)
            contents.paragraph_format.left_indent = Cm(0.6 * (level - 1))
        for name in (TEXT, NUMBERS):  # they stand below a heading, and go with what follows
            styles[name].paragraph_format.keep_with_next = True
        for name in (QUOTE, WHERE):  # in any language: no marks below words that Word does not know
            styles[name].font.no_proof = True


def _content(text: str) -> str:
    lines = text.split("\n")
    return "<w:br/>".join(
        "<w:tab/>".join(f'<w:t xml:space="preserve">{in_element(part)}</w:t>' for part in line.split("\t"))
        for line in lines
    )


def _look(style: Any, size: float, color: RGBColor, *, before: float = 0, after: float = 0) -> None:
    style.font.size, style.font.color.rgb = Pt(size), color
    found = style.element.rPr.find(qn("w:szCs"))  # the size of text from right to left
    if found is not None:
        style.element.rPr.remove(found)
    style.element.rPr.find(qn("w:sz")).addnext(parse_xml(f'<w:szCs {_NAMESPACES} w:val="{round(2 * size)}"/>'))
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
