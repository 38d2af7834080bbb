"""What long work tells of itself."""

from collections.abc import Callable

#: Told how many bytes of a document were read just now.
Progress = Callable[[int], None]
