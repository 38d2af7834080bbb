"""How fast and how large: ratios to a floor or to a peer in the same run. `make bench`, `make bench-quick`."""
