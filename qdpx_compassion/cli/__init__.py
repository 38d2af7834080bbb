"""The command line, a command a file, thin over the library."""
