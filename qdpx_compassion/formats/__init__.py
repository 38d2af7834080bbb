"""Formats: each turns a file into tables, or tables into a file, and says what it cannot hold."""

from qdpx_compassion.formats.base import Content, Format, FormatInfo, Loss, MediaFile, WriteOptions

__all__ = ["Content", "Format", "FormatInfo", "Loss", "MediaFile", "WriteOptions"]
