"""The summary workbook, a sheet a file."""
