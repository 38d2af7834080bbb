"""The standard: the only rooms that know REFI-QDA's XML."""
