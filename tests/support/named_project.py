# ruff: noqa: E501 - XML as programs write it
"""A project in which one person's name stands wherever a name can stand: for tests of sharing."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

from archives import zipped

#: The participant, the coder, and somebody who only wrote comments.
PERSON, CODER, AUTHOR = "Annelies Vandenbroucke", "Teunis Öztürk", "Wilhelmina Janssens"
NAMES = (PERSON, CODER, AUTHOR)
TEXT = f"🙂 I am {PERSON}.\r\nANNELIES VANDENBROUCKE’s week was hard, said {CODER}.\r\nThe Annelieses stay.\r\n"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W15 = "http://schemas.microsoft.com/office/word/2012/wordml"
R = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

DOCUMENT = (
    f'{_HEAD}<w:document xmlns:w="{W}"><w:body><w:p w:rsidR="00AA11BB"><w:r><w:t>I am Anne</w:t></w:r>'
    f'<w:r w:rsidRPr="00CC"><w:rPr><w:b/></w:rPr><w:t>lies</w:t></w:r><w:r><w:t xml:space="preserve"> </w:t></w:r>'
    f'<w:r><w:t>Vandenbroucke, &amp; so on.</w:t></w:r></w:p><w:p><w:bookmarkStart w:id="1" '
    f'w:name="Annelies_Vandenbroucke"/><w:ins w:id="2" w:author="{AUTHOR}" w:date="2024-01-01T00:00:00Z"><w:r><w:t>'
    f'added</w:t></w:r></w:ins><w:del w:id="3" w:author="{CODER}"><w:r><w:delText>{PERSON}</w:delText></w:r></w:del>'
    f'<w:r><w:instrText> HYPERLINK "mailto:{PERSON}" </w:instrText></w:r></w:p></w:body></w:document>'
)


def docx() -> bytes:
    """A Word document with the names in its text, cut into runs, and everywhere else."""
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{R}"><Relationship Id="r1" Type="http://x/thumbnail" '
        'Target="docProps/thumbnail.jpeg"/><Relationship Id="r2" Type="http://x/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "docProps/thumbnail.jpeg": "a picture of the first page",
        "docProps/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>{AUTHOR}</dc:creator>'
        f"<cp:lastModifiedBy>{CODER}</cp:lastModifiedBy><dc:title>{PERSON}</dc:title></cp:coreProperties>",
        "docProps/app.xml": f'{_HEAD}<Properties xmlns="p"><Company>{AUTHOR}</Company><Pages>1</Pages></Properties>',
        "docProps/custom.xml": f'{_HEAD}<Properties xmlns="p"><property name="Of"><v>{PERSON}</v></property></Properties>',
        "word/document.xml": DOCUMENT,
        "word/header1.xml": f'{_HEAD}<w:hdr xmlns:w="{W}"><w:p><w:r><w:t>{PERSON}</w:t></w:r></w:p></w:hdr>',
        "word/comments.xml": f'{_HEAD}<w:comments xmlns:w="{W}"><w:comment w:id="0" w:author="{AUTHOR}" '
        f'w:initials="WJ"><w:p><w:r><w:t>Ask {PERSON}</w:t></w:r></w:p></w:comment></w:comments>',
        "word/people.xml": f'{_HEAD}<w15:people xmlns:w15="{W15}"><w15:person w15:author="{AUTHOR}"><w15:presenceInfo '
        f'w15:providerId="AD" w15:userId="{AUTHOR}"/></w15:person></w15:people>',
        "word/settings.xml": f'{_HEAD}<w:settings xmlns:w="{W}" xmlns:w15="{W15}"><w:rsids><w:rsidRoot w:val="00AA"/>'
        '</w:rsids><w15:docId w15:val="{0}"/></w:settings>',
        "word/_rels/settings.xml.rels": f'{_HEAD}<Relationships xmlns="{R}"><Relationship Id="r1" Type="http://x/'
        f'attachedTemplate" Target="file:///C:/Users/{AUTHOR}/x.dotm"/></Relationships>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def jpeg() -> bytes:
    """A picture as far as its segments go, with EXIF that turns it, and a comment."""
    tiff = struct.pack("<2sHLHHHLHH", b"II", 42, 8, 1, 0x0112, 3, 1, 6, 0) + struct.pack("<L", 0) + PERSON.encode()
    segments = [
        (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        (0xE1, b"Exif\0\0" + tiff),
        (0xFE, AUTHOR.encode()),
        (0xDB, b"\0" * 65),
    ]
    head = b"".join(struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body for kind, body in segments)
    return b"\xff\xd8" + head + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"\x12\xff\x00\x34" + b"\xff\xd9" + PERSON.encode()


def png() -> bytes:
    """A picture of one pixel with words in it."""
    chunks = [
        (b"IHDR", struct.pack(">LLBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Author\0" + AUTHOR.encode("latin-1")),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    ]
    written = (struct.pack(">L", len(d)) + k + d + struct.pack(">L", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


RTF = (
    r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}}{\info{\author Wilhelmina Janssens}}{\*\rsidtbl \rsid1234}"
    r"\pard I am Anne{\b lies}\insrsid99  Vandenbroucke and Teunis \'d6zt\'fcrk.\par Teunis \u214?zt\u252?rk\par}"
)
HTML = (
    "<!DOCTYPE html><html><head><meta name='author' content='Wilhelmina Janssens'><title>Annelies Vandenbroucke</title>"
    "</head><body><p title='Annelies Vandenbroucke'>I am Anne<b>lies</b> Vandenbroucke, Teunis &Ouml;zt&uuml;rk</p></body></html>"
)


def pdf(text: str = "") -> bytes:
    """A PDF of an empty page with properties, and a text in a bookmark."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_metadata({"/Author": AUTHOR, "/Title": PERSON})
    if text:
        writer.add_outline_item(title=text, page_number=0)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _source(number: int, kind: str, attributes: str, inside: str = "") -> str:
    guid = f"cccccccc-0000-4000-8000-{number:012}"
    return f'<{kind} guid="{guid}" name="{PERSON} {number}" {attributes}>{inside}</{kind}>'


def named_project(path: Path) -> Path:
    """Write the project: positions are those of NVivo for Windows."""
    start = len(TEXT[: TEXT.index(PERSON)].encode("utf-16-le")) // 2
    select = (
        f'<PlainTextSelection guid="dddddddd-0000-4000-8000-000000000001" name="{PERSON}" startPosition="{start}" '
        f'endPosition="{start + len(PERSON)}"><Description>of {PERSON}</Description></PlainTextSelection>'
    )
    user = "bbbbbbbb-0000-4000-8000-000000000001"
    sources = [
        _source(1, "TextSource", 'plainTextPath="internal://Annelies Vandenbroucke.txt" '
                'richTextPath="internal://Annelies Vandenbroucke.docx"', select),
        _source(2, "TextSource", 'plainTextPath="internal://b.txt" richTextPath="internal://b.rtf"'),
        _source(3, "TextSource", 'plainTextPath="internal://c.txt" richTextPath="internal://c.html"'),
        _source(4, "PictureSource", 'path="internal://d.jpg" currentPath="absolute:///C:/Users/Teunis Öztürk/d.jpg"'),
        _source(5, "PictureSource", 'path="internal://e.png"'),
        _source(6, "PDFSource", 'path="internal://f.pdf"'),
        _source(7, "PDFSource", 'path="internal://g.pdf"'),
        _source(8, "AudioSource", 'path="internal://h.m4a"'),
        _source(9, "VideoSource", 'path="absolute:///C:/Users/Teunis Öztürk/film of Annelies Vandenbroucke.mp4"'),
    ]  # fmt: skip
    document = (
        f'<?xml version="1.0" encoding="utf-8"?><!-- {PERSON} --><Project name="{PERSON}" origin="NVivo 12.6.0" '
        f'basePath="C:/Users/{CODER}" xmlns="urn:QDA-XML:project:1.0"><Users><User guid="{user}" name="{CODER}" '
        'id="toz"/></Users><CodeBook><Codes><Code guid="aaaaaaaa-0000-4000-8000-000000000001" '
        f'name="{PERSON}" isCodable="true"><Description>Annelies&#32;Vandenbroucke</Description></Code></Codes></CodeBook>'
        '<Variables><Variable guid="aaaaaaaa-0000-4000-8000-000000000002" name="Who" typeOfVariable="Text"/></Variables>'
        f'<Cases><Case guid="aaaaaaaa-0000-4000-8000-000000000001" name="{PERSON}"><VariableValue><VariableRef '
        f'targetGUID="aaaaaaaa-0000-4000-8000-000000000002"/><TextValue>{PERSON}</TextValue></VariableValue></Case></Cases>'
        f'<Sources>{"".join(sources)}</Sources><Notes><Note guid="aaaaaaaa-0000-4000-8000-000000000003" '
        f'name="{PERSON}" creatingUser="{user}"><PlainTextContent><![CDATA[{PERSON} & {CODER}]]></PlainTextContent></Note>'
        f'</Notes><Sets><Set guid="aaaaaaaa-0000-4000-8000-000000000004" name="Friends of {PERSON}"/></Sets>'
        f"<Description>By {CODER}</Description></Project>"
    )
    members = [
        ("project.qde", document.encode()),
        ("Sources/Annelies Vandenbroucke.txt", b"\xef\xbb\xbf" + TEXT.encode()),
        ("Sources/Annelies Vandenbroucke.docx", docx()),
        ("Sources/b.txt", b"\xff\xfe" + TEXT.encode("utf-16-le")),
        ("Sources/b.rtf", RTF.encode()),
        ("Sources/c.txt", TEXT.replace("🙂", "-").encode("cp1252")),
        ("Sources/c.html", HTML.encode()),
        ("Sources/d.jpg", jpeg()),
        ("Sources/e.png", png()),
        ("Sources/f.pdf", pdf()),
        ("Sources/g.pdf", pdf(PERSON)),
        ("Sources/h.m4a", b"\0\0\0\x18ftypM4A " + b"\0" * 300_000 + PERSON.encode() + b"\0" * 10),
        ("Sources/stray.bin", PERSON.encode()),
    ]
    return zipped(path, members, comment=CODER.encode())
