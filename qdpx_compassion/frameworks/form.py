"""The form of a framework file as data: which keys each table has. ``schemas/framework.schema.json`` says the same."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the value of a key is; the value of the member is how a message says it."""

    ID = "an identifier"
    LINE = "a line of text"
    TEXT = "text"
    BOOLEAN = "true or false"
    COLOR = "a colour"
    TABLES = "a list of tables"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table.

    Attributes:
        kind: what its value is.
        required: whether a framework without it is refused.
    """

    kind: Kind
    required: bool = False


#: The keys of each table, in the order in which they are checked and documented.
FORM: dict[str, dict[str, Key]] = {
    "framework": {
        "id": Key(Kind.ID, required=True),
        "title": Key(Kind.LINE, required=True),
        "version": Key(Kind.LINE, required=True),
        "description": Key(Kind.TEXT),
        "citation": Key(Kind.TEXT),
        "dimension": Key(Kind.TABLES, required=True),
    },
    "dimension": {
        "id": Key(Kind.ID, required=True),
        "title": Key(Kind.LINE, required=True),
        "question": Key(Kind.LINE, required=True),
        "citation": Key(Kind.TEXT),
        "several": Key(Kind.BOOLEAN),
        "themes": Key(Kind.BOOLEAN),
        "construct": Key(Kind.TABLES, required=True),
    },
    "construct": {
        "id": Key(Kind.ID, required=True),
        "name": Key(Kind.LINE, required=True),
        "definition": Key(Kind.TEXT, required=True),
        "color": Key(Kind.COLOR),
    },
}

#: Identifiers: lower-case words joined by hyphens, so that they can stand in file names, GUIDs and column headings.
ID_PATTERN = "[a-z0-9]+(-[a-z0-9]+)*"
COLOR_PATTERN = "#[0-9A-Fa-f]{6}"

#: Colours for constructs that name none, used in turn: nine that people with any colour vision tell apart
#: (Paul Tol's scheme "muted").
PALETTE = ("#332288", "#88CCEE", "#DDCC77", "#AA4499", "#999933", "#44AA99", "#CC6677", "#117733", "#882255")
