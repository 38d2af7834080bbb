"""Namespaces, element names and the order of children (Project.xsd, section 5.3 of the standard)."""

PROJECT_NAMESPACE = "urn:QDA-XML:project:1.0"
CODEBOOK_NAMESPACE = "urn:QDA-XML:codebook:1.0"
XSI_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance"

#: Sources that stand in <Sources>.
SOURCES = ("TextSource", "PictureSource", "PDFSource", "AudioSource", "VideoSource")
#: Everything that is a row of the table ``sources``.
SOURCE_KINDS = (*SOURCES, "TextDescription", "Representation", "Transcript", "Note")
#: Sources whose content is text with positions.
TEXT_KINDS = ("TextSource", "TextDescription", "Representation", "Transcript", "Note")
#: Everything that is a row of the table ``selections``.
SELECTION_KINDS = (
    "PlainTextSelection",
    "PictureSelection",
    "PDFSelection",
    "AudioSelection",
    "VideoSelection",
    "TranscriptSelection",
)
#: The children of VariableValue that hold the value.
VALUE_KINDS = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")

_TEXT = ("Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef", "VariableValue")
_SELECTION = ("Description", "Coding", "NoteRef")

#: The children that each element may have, in the order of the schema.
CHILDREN: dict[str, tuple[str, ...]] = {
    "Project": (
        "Users",
        "CodeBook",
        "Variables",
        "Cases",
        "Sources",
        "Notes",
        "Links",
        "Sets",
        "Graphs",
        "Description",
        "NoteRef",
    ),
    "Users": ("User",),
    "User": (),
    "CodeBook": ("Codes",),
    "Codes": ("Code",),
    "Code": ("Description", "NoteRef", "Code"),
    "Variables": ("Variable",),
    "Variable": ("Description",),
    "Cases": ("Case",),
    "Case": ("Description", "CodeRef", "VariableValue", "SourceRef", "SelectionRef"),
    "VariableValue": ("VariableRef", *VALUE_KINDS),
    "Sources": SOURCES,
    "TextSource": _TEXT,
    "TextDescription": _TEXT,
    "Representation": _TEXT,
    "Note": _TEXT,
    "PictureSource": ("Description", "TextDescription", "PictureSelection", "Coding", "NoteRef", "VariableValue"),
    "PDFSource": ("Description", "PDFSelection", "Representation", "Coding", "NoteRef", "VariableValue"),
    "AudioSource": ("Description", "Transcript", "AudioSelection", "Coding", "NoteRef", "VariableValue"),
    "VideoSource": ("Description", "Transcript", "VideoSelection", "Coding", "NoteRef", "VariableValue"),
    "Transcript": ("Description", "PlainTextContent", "SyncPoint", "TranscriptSelection", "NoteRef"),
    "SyncPoint": (),
    "PlainTextSelection": _SELECTION,
    "PictureSelection": _SELECTION,
    "PDFSelection": ("Description", "Representation", "Coding", "NoteRef"),
    "AudioSelection": _SELECTION,
    "VideoSelection": _SELECTION,
    "TranscriptSelection": _SELECTION,
    "Coding": ("CodeRef", "NoteRef"),
    "Notes": ("Note",),
    "Links": ("Link",),
    "Link": ("NoteRef",),
    "Sets": ("Set",),
    "Set": ("Description", "MemberCode", "MemberSource", "MemberNote"),
    "Graphs": ("Graph",),
    "Graph": ("Vertex", "Edge"),
    "Vertex": (),
    "Edge": (),
    **dict.fromkeys(
        (
            "Description",
            "PlainTextContent",
            *VALUE_KINDS,
            "NoteRef",
            "CodeRef",
            "SourceRef",
            "SelectionRef",
            "VariableRef",
            "MemberCode",
            "MemberSource",
            "MemberNote",
        ),
        (),
    ),
}

#: Children of an element that come after its codings, before which a coding is put in.
AFTER_CODING: dict[str, frozenset[str]] = {
    name: frozenset(children[children.index("Coding") + 1 :])
    for name, children in CHILDREN.items()
    if "Coding" in children
}

#: Children of Project by rank.
RANK: dict[str, int] = {name: rank for rank, name in enumerate(CHILDREN["Project"])}

#: The table whose rows an element makes.
TABLE_OF: dict[str, str] = {
    "Project": "project",
    "User": "users",
    "Code": "codes",
    "Variable": "variables",
    "Case": "cases",
    "VariableValue": "variable_values",
    "SyncPoint": "sync_points",
    "Coding": "codings",
    "Link": "links",
    "Set": "sets",
    "Graph": "graphs",
    "Vertex": "vertices",
    "Edge": "edges",
    **dict.fromkeys(SOURCE_KINDS, "sources"),
    **dict.fromkeys(SELECTION_KINDS, "selections"),
}

#: What an element is called in columns such as ``owner_kind`` and ``parent_kind``.
OWNER_KIND: dict[str, str] = {
    "Project": "project",
    "Code": "code",
    "Coding": "coding",
    "Link": "link",
    "Case": "case",
    **dict.fromkeys(SOURCE_KINDS, "source"),
    **dict.fromkeys(SELECTION_KINDS, "selection"),
}

#: The elements that only hold others.
CONTAINERS = frozenset((*CHILDREN["Project"][:-2], "Codes"))
