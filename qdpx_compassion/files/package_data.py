"""Files that come with the program."""

import pkgutil
from pathlib import Path

#: The sample project, and the decisions that belong to it.
SAMPLE, SAMPLE_MAPPING = "first-steps.qdpx", "mapping.csv"


def package_data(package: str, name: str) -> bytes:
    """The bytes of a file in a package, in a folder or in a zip; importlib.resources takes long to import.

    Raises:
        FileNotFoundError: the package has no such file.
    """
    data = pkgutil.get_data(package, name)
    if data is None:
        raise FileNotFoundError(name)
    return data


def sample_file(name: str) -> bytes:
    """The bytes of ``SAMPLE`` or ``SAMPLE_MAPPING``: in the wheel inside the package, else where they are made.

    Raises:
        FileNotFoundError: the installation lacks it.
    """
    try:
        return package_data("qdpx_compassion", f"sample/{name}")
    except FileNotFoundError:
        return (Path(__file__).parents[2] / "sample_projects" / "first-steps" / name).read_bytes()
