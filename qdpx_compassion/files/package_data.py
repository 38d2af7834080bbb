"""Files that come with the program."""

import pkgutil


def package_data(package: str, name: str) -> bytes:
    """The bytes of a file in a package, in a folder or in a zip (without importlib.resources, which takes long to import).

    Raises:
        FileNotFoundError: the package has no such file.
    """
    data = pkgutil.get_data(package, name)
    if data is None:
        raise FileNotFoundError(name)
    return data
