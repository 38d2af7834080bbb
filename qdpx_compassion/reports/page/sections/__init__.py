"""The sections of the page, a file for each kind; which there are and in which order: ``plan``."""
