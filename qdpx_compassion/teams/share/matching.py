"""Finding names in texts: whole words in any letter case, and words that are almost a name."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qdpx_compassion.teams.share.names import Name
from qdpx_compassion.teams.share.words import is_undivided, key, plain, word_pattern, words_of, written

#: What may stand between the words of a name, besides white space and what the list has there.
_BETWEEN = frozenset(" -\u2010\u2011\u2012\u2013._'\u2019\u02bc\u00a0")
_LONGEST_GAP = 4
_LINE_ENDS = re.compile(r"[\r\n]+")
#: Shorter names are inside of and similar to too many words to be worth a look.
_NEAR_FROM, _TWO_FROM = 4, 7

PART, INSIDE, SIMILAR = "part of a name", "name inside a longer word", "spelled almost like a name"


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in a text, as code points ``start`` to ``end``."""

    start: int
    end: int
    name: Name

    def text(self, old: str) -> str:
        """What stands in its place; line ends inside it stay, so that lines keep their numbers."""
        ends = "".join(_LINE_ENDS.findall(old[self.start : self.end]))
        return self.name.pseudonym + ends


@dataclass(frozen=True, slots=True)
class Near:
    """A word that is not replaced although a person should look at it."""

    start: int
    end: int
    kind: str
    name: str


@dataclass
class Found:
    """What one text holds, in order.

    Attributes:
        hits: names that are replaced.
        near: words near a name.
        taken: pseudonyms that stood there before.
    """

    hits: list[Hit] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)
    taken: list[Hit] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Form:
    """The words of a name or pseudonym in a row."""

    words: tuple[str, ...]
    exact: tuple[str, ...]  # empty: letter case does not count
    between: tuple[frozenset[str], ...]  # what may stand before each word but the first
    name: Name
    taken: bool


_NOTHING = Found()


class Matcher:
    """Finds names.

    Args:
        names: that are replaced, with pseudonyms.

    Attributes:
        names: the same.
    """

    def __init__(self, names: Sequence[Name]) -> None:
        self.names = list(names)
        self._word = word_pattern()
        self._forms: dict[str, list[_Form]] = defaultdict(list)  # by first word
        self._glued: list[tuple[re.Pattern[str], Name]] = []
        self._parts: dict[str, str] = {}  # word of a name → the name
        self._whole: dict[tuple[str, ...], Name] = {}
        self._known_words: set[str] = set()
        self._known: set[str] = set()  # what stands between spaces and was looked at
        self._telling: tuple[set[str], set[str]] = set(), set()  # of that, what holds a word of _hot, of _near
        self._hot: set[str] = set()  # words, as written, that begin a form
        self._near: dict[str, tuple[str, str]] = {}  # words, as written, near a name
        for name in names:
            self._add(name)
        for forms in self._forms.values():
            forms.sort(key=lambda form: (form.taken, -len(form.words)))
        self._plain = {plain(part): name for part, name in self._parts.items() if len(part) >= _NEAR_FROM}

    def _add(self, name: Name) -> None:
        self._whole.setdefault(name.keys, name)
        if name.only_names:
            return
        if is_undivided(name.name):
            forms = {unicodedata.normalize(form, name.name.strip()) for form in ("NFC", "NFD")}
            self._glued.append((re.compile("|".join(map(re.escape, sorted(forms))), re.IGNORECASE), name))
        self._add_form(name.name, name)
        words = list(self._word.findall(name.name))
        if len(words) > 1 and all(word.isalpha() for word in words):
            self._add_form(f"{words[-1]}, {' '.join(words[:-1])}", name)
        if name.pseudonym and not name.known:
            self._add_form(name.pseudonym, name, taken=True)
        for word in words:
            named = len(words) == 1 or word != word.lower() or word == word.upper()  # else a word like any other
            if named and len(word) >= _NEAR_FROM - 1 and word.isalpha():
                self._parts.setdefault(key(word), name.name)

    def _add_form(self, text: str, name: Name, *, taken: bool = False) -> None:
        spans = [match.span() for match in self._word.finditer(text)]
        if not spans:
            return
        words = [text[start:end] for start, end in spans]
        gaps = tuple(frozenset(text[one[1] : other[0]]) | _BETWEEN for one, other in itertools.pairwise(spans))
        keys = tuple(map(key, words))
        exact = tuple(map(written, words)) if name.exact or taken else ()
        self._forms[keys[0]].append(_Form(keys, exact, gaps, name, taken))

    # -- words ------------------------------------------------------------------------------------------------------

    def _learn(self, pieces: set[str]) -> None:
        """Look at the words in what was not met before, each piece being what stands between two spaces."""
        for word in words_of(" ".join(pieces)) - self._known_words:
            self._known_words.add(word)
            word_key = key(word)
            if word_key in self._forms:
                self._hot.add(word)
            near = self._near_of(word, word_key)
            if near is not None:
                self._near[word] = near
        self._known |= pieces
        for piece in pieces if self._hot or self._near else ():
            words = words_of(piece)
            for telling, told in zip(self._telling, (self._hot, self._near.keys()), strict=True):
                if not words.isdisjoint(told):
                    telling.add(piece)

    def _near_of(self, word: str, word_key: str) -> tuple[str, str] | None:
        if word_key in self._parts:
            name = self._parts[word_key]
            looks = not word.islower() or name.islower()
            return (PART, name) if looks else None
        if len(word_key) < _NEAR_FROM or not self._plain or word_key.isdigit():
            return None
        bare = plain(word_key)
        for part, name in self._plain.items():
            if len(bare) > len(part) and part in bare:
                return INSIDE, name
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        allowed = 2 if len(bare) >= _TWO_FROM else 1
        found = process.extract(bare, list(self._plain), scorer=OSA.distance, score_cutoff=allowed, limit=3)
        for part, distance, _ in found:
            if distance <= (2 if len(part) >= _TWO_FROM else 1) and (distance < 2 or part[0] == bare[0]):
                return SIMILAR, self._plain[part]
        return None

    # -- texts ------------------------------------------------------------------------------------------------------

    def find(self, text: str) -> Found:
        """The names in a text, the words near a name, and pseudonyms that stand there already."""
        pieces = set(text.split())
        if new := pieces - self._known:
            self._learn(new)
        hot, near = (not pieces.isdisjoint(telling) for telling in self._telling)
        glued = self._glued and not text.isascii()
        if not (hot or near or glued):
            return _NOTHING
        spans = [match.span() for match in self._word.finditer(text)]
        found = Found()
        covered: list[tuple[int, int]] = []
        if glued:
            self._find_glued(text, found)
            covered = [(hit.start, hit.end) for hit in found.hits]
        self._find_forms(text, spans, found, covered)
        if near:
            self._find_near(text, spans, found)
        return found

    def _find_glued(self, text: str, found: Found) -> None:
        hits = [Hit(*match.span(), name) for pattern, name in self._glued for match in pattern.finditer(text)]
        reached = 0
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            if hit.start >= reached:
                found.hits.append(hit)
                reached = hit.end

    def _find_forms(
        self, text: str, spans: Sequence[tuple[int, int]], found: Found, covered: Sequence[tuple[int, int]]
    ) -> None:
        number, glued = 0, list(found.hits)
        while number < len(spans):
            start, end = spans[number]
            step = 1
            if text[start:end] in self._hot and not any(one < end and start < other for one, other in covered):
                form = self._form_at(text, spans, number)
                if form is not None:
                    step = len(form.words)
                    hit = Hit(start, spans[number + step - 1][1], form.name)
                    if not any(one < hit.end and hit.start < other for one, other in covered):
                        (found.taken if form.taken else found.hits).append(hit)
            number += step
        if glued:
            found.hits.sort(key=lambda hit: hit.start)

    def _form_at(self, text: str, spans: Sequence[tuple[int, int]], number: int) -> _Form | None:
        for form in self._forms[key(text[slice(*spans[number])])]:
            mine = spans[number : number + len(form.words)]
            if self._fits(form, text, mine) and (not form.taken or _stands(form.name.pseudonym, text, mine)):
                return form
        return None

    @staticmethod
    def _fits(form: _Form, text: str, spans: Sequence[tuple[int, int]]) -> bool:
        if len(spans) < len(form.words):
            return False
        words = [text[start:end] for start, end in spans]
        if form.exact:
            if tuple(map(written, words)) != form.exact:
                return False
        elif any(key(word) != wanted for word, wanted in zip(words, form.words, strict=True)):
            return False
        for one, other, allowed in zip(spans, spans[1:], form.between, strict=False):
            gap = text[one[1] : other[0]]
            signs = [sign for sign in gap if not sign.isspace()]
            if len(signs) > _LONGEST_GAP or any(sign not in allowed for sign in signs):
                return False
        return True

    def _find_near(self, text: str, spans: Sequence[tuple[int, int]], found: Found) -> None:
        replaced = iter([*found.hits, *found.taken] if not found.taken else sorted(
            [*found.hits, *found.taken], key=lambda hit: hit.start
        ))  # fmt: skip
        hit = next(replaced, None)
        for start, end in spans:
            near = self._near.get(text[start:end])
            if near is None:
                continue
            while hit is not None and hit.end <= start:
                hit = next(replaced, None)
            if hit is None or hit.start >= end:
                found.near.append(Near(start, end, *near))

    def whole(self, text: str) -> Name | None:
        """The name that a text is as a whole, nothing else being in it."""
        words = self._word.findall(text)
        return self._whole.get(tuple(map(key, words))) if words else None

    def cut_end(self, text: str) -> tuple[int, Name] | None:
        """Where a text that was cut off ends inside a name: from where on, and which name."""
        match = next(iter(reversed(list(self._word.finditer(text[-80:])))), None)
        if match is None or text[-80:][match.end() :].strip(" .…"):
            return None
        base = max(0, len(text) - 80)
        last = key(match.group())
        for form in self._cut_forms():
            for size in range(len(form.words)):
                head = form.words[:size]
                spans = [one.span() for one in self._word.finditer(text)][-(size + 1) :]
                if len(spans) < size + 1 or (size == 0 and len(last) < 2):
                    continue
                keys = tuple(key(text[start:end]) for start, end in spans[:-1])
                wanted = form.words[size]
                if keys == head and wanted.startswith(last) and (wanted != last or size < len(form.words) - 1):
                    return (spans[0][0] if size else base + match.start()), form.name
        return None

    def _cut_forms(self) -> Iterator[_Form]:
        for forms in self._forms.values():
            yield from (form for form in forms if not form.taken)


def _stands(pseudonym: str, text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a pseudonym stands around its words with all its other signs."""
    around = len(pseudonym)
    return pseudonym in text[max(0, spans[0][0] - around) : spans[-1][1] + around]
