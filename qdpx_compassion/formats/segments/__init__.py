"""Coded segments as MAXQDA, ATLAS.ti and NVivo write them to spreadsheets, read as a project with the texts given."""
