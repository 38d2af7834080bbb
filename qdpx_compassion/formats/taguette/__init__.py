"""Taguette: its project databases, and the spreadsheets of tags and highlights that it exports.

A document is HTML; a highlight's place is counted in UTF-8 bytes of the document's text, tags of HTML not counted.
"""
