"""How a program wants a project written, and what it is known to keep, change or drop."""
