"""Bytes and places: archives opened safely, members copied as they lie, safe names, atomic writing."""
