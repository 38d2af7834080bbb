"""The study's questions: pure functions, tables in, tables out."""
