"""How the sample projects are made from their readable source files; standard library only."""
