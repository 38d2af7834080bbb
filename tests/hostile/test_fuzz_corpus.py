"""What the fuzzer found once, and what it begins with, ends in words (tests/fuzz)."""

import random
from pathlib import Path

import pytest
from targets import CORPUS, TARGETS

FILES = [(target, path) for target in TARGETS for path in sorted((CORPUS / target).iterdir())]


@pytest.mark.parametrize(("target", "path"), FILES, ids=lambda value: getattr(value, "name", value))
def test_a_file_of_the_corpus(target: str, path: Path) -> None:
    TARGETS[target](path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_small_changes_of_the_corpus(target: str) -> None:
    """What the fuzzer does, without its guidance, where it is not installed."""
    rolls = random.Random(target)
    files = [path.read_bytes() for name, path in FILES if name == target]
    assert files
    for _ in range(150):
        data = bytearray(rolls.choice(files))
        for _ in range(rolls.randrange(1, 6)):
            place = rolls.randrange(len(data) + 1)
            data[place : place + rolls.randrange(3)] = rolls.randbytes(rolls.randrange(3))
        TARGETS[target](bytes(data))
