"""Random projects: every element kind, with references that name something of the right kind."""

from __future__ import annotations

from collections.abc import Sequence

from document_maker import Element
from source_maker import SourceMaker

SHAPES = (
    "Person",
    "Oval",
    "Rectangle",
    "RoundedRectangle",
    "Star",
    "LeftTriangle",
    "RightTriangle",
    "UpTriangle",
    "DownTriangle",
    "Note",
)
DIRECTIONS = ("Associative", "OneWay", "Bidirectional")
LINES = ("dotted", "dashed", "solid")
VALUE_TYPES = ("Text", "Boolean", "Integer", "Float", "Date", "DateTime")
#: The order of the containers in a project.
CONTAINERS = ("Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Links", "Sets", "Graphs")


class ProjectMaker(SourceMaker):
    """Makes a project: what is referred to first, then what refers; put in the schema's order at the end."""

    # -- the whole -------------------------------------------------------------------------------------------------

    def project(self) -> Element:
        root = self.top("Project")
        self.full = self.size > 0
        attributes = {
            "name": self.name(),
            "origin": self.maybe(self.origin),
            "creatingUserGUID": self.maybe(self.reference(self.users)),
            "creationDateTime": self.maybe(self.moment()),
            "modifyingUserGUID": self.maybe(self.reference(self.users)),
            "modifiedDateTime": self.maybe(self.moment()),
            "basePath": self.maybe(self.random.choice(("", "C:/PROJECT/Sources", "//server/share/ä b"))),
        }
        for name, value in attributes.items():
            if value is not None:
                root.set(name, value)
        makers = (
            ("Users", self.make_users),
            ("CodeBook", self.make_codes),
            ("Variables", self.make_variables),
            ("Sources", self.make_sources),
            ("Notes", self.make_notes),
            ("Cases", self.make_cases),
            ("Links", self.make_links),
            ("Sets", self.make_sets),
            ("Graphs", self.make_graphs),
        )
        made = {}
        for tag, make in makers:
            self.full = False
            container = self.top(tag)
            make(container)
            made[tag] = container
        for tag in CONTAINERS:
            if len(made[tag]):
                root.append(made[tag])
        self.full = self.size > 0
        self.describe(root)
        self.note_refs(root)
        return root

    # -- users, codes, variables -----------------------------------------------------------------------------------

    def make_users(self, users: Element) -> None:
        waiting = list(self.users)
        self.each(
            lambda: self.add(
                users, "User", guid=waiting.pop(0), name=self.maybe(self.name(), 0.9), id=self.maybe(self.name())
            ),
            len(waiting),
        )

    def make_codes(self, codebook: Element) -> None:
        count = self.few() + self.size
        if count:
            self.codes = self.code_tree(self.add(codebook, "Codes"), count, 0, self.note_refs)

    def make_variables(self, variables: Element) -> None:
        kinds = list(VALUE_TYPES) if self.size else self.random.sample(VALUE_TYPES, self.random.randint(0, 2))
        kinds += [self.random.choice(VALUE_TYPES) for _ in range(self.size // 3)]

        def variable() -> None:
            guid, kind = self.guid(), kinds[len(self.variables)]
            self.variables.append((guid, kind))
            typed = kind if self.full or self.chance(0.9) else f" {kind} "
            self.describe(self.add(variables, "Variable", guid=guid, name=self.name(), typeOfVariable=typed))

        self.each(variable, len(kinds))

    def make_notes(self, notes: Element) -> None:
        waiting = list(self.notes)
        self.each(lambda: self.text_source(notes, "Note", waiting.pop(0)), len(waiting))

    # -- cases, links, sets, graphs --------------------------------------------------------------------------------

    def make_cases(self, cases: Element) -> None:
        def case() -> None:
            # NVivo gives a case the GUID of the code of its members
            guid = self.pick(self.codes) if self.codes and self.chance(0.3) else self.guid()
            element = self.add(cases, "Case", guid=guid, name=self.maybe(self.name(), 0.8))
            self.cases.append(guid or "")
            self.describe(element)
            self.refer(element, "CodeRef", self.codes)
            self.variable_values(element)
            self.refer(element, "SourceRef", self.sources, self.size)
            self.refer(element, "SelectionRef", self.selections, self.size)

        self.each(case, self.few())

    def make_links(self, links: Element) -> None:
        ends = [*self.codes, *self.sources, *self.selections, *self.cases]

        def link() -> None:
            guid = self.guid()
            self.links.append(guid)
            element = self.add(
                links,
                "Link",
                guid=guid,
                name=self.maybe(self.name()),
                direction=self.maybe(self.random.choice(DIRECTIONS)),
                color=self.maybe(self.colour(), 0.3),
                originGUID=self.maybe(self.reference(ends), 0.9),
                targetGUID=self.maybe(self.reference(ends), 0.9),
            )
            self.note_refs(element)

        self.each(link, self.few())

    def make_sets(self, sets: Element) -> None:
        def new_set() -> None:
            element = self.add(sets, "Set", guid=self.guid(), name=self.name())
            self.describe(element)
            self.refer(element, "MemberCode", self.codes, self.size)
            self.refer(element, "MemberSource", self.sources, self.size)
            self.refer(element, "MemberNote", self.notes)

        self.each(new_set, self.few())

    def make_graphs(self, graphs: Element) -> None:
        def graph() -> None:
            element = self.add(graphs, "Graph", guid=self.guid(), name=self.maybe(self.name()))
            vertices: list[str] = []
            self.many(lambda: vertices.append(self.vertex(element)), self.size + 1, 0.9)
            if vertices:
                self.many(lambda: self.edge(element, vertices), self.size, 0.6)

        self.each(graph, self.few())

    def vertex(self, graph: Element) -> str:
        guid, represented = self.guid(), [*self.codes, *self.sources, *self.selections, *self.notes]
        far = self.random.choice((-5, 0, 99, 12345678901234567890))
        self.add(
            graph,
            "Vertex",
            guid=guid,
            representedGUID=self.maybe(self.reference(represented)),
            name=self.maybe(self.name()),
            firstX=self.integer(self.random.randint(-500, 500)),
            firstY=self.integer(self.random.randint(-500, 500)),
            secondX=self.maybe(self.integer(far)),
            secondY=self.maybe(self.integer(self.random.randint(-500, 500))),
            shape=self.maybe(self.random.choice(SHAPES)),
            color=self.maybe(self.colour()),
        )
        return guid

    def edge(self, graph: Element, vertices: Sequence[str]) -> None:
        self.add(
            graph,
            "Edge",
            guid=self.guid(),
            representedGUID=self.maybe(self.reference(self.links)),
            name=self.maybe(self.name()),
            sourceVertex=self.reference(vertices),
            targetVertex=self.reference(vertices),
            color=self.maybe(self.colour()),
            direction=self.maybe(self.random.choice(DIRECTIONS)),
            lineStyle=self.maybe(self.random.choice(LINES)),
        )
