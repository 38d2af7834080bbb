"""``python -m qdpx_compassion``."""

from qdpx_compassion.cli.main import run

if __name__ == "__main__":
    run()
