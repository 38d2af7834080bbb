"""What cannot be changed, so that it is left out."""


class CannotShareError(Exception):
    """A file cannot be freed of names; the message says why, to be put behind “was left out: ”."""
