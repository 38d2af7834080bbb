"""Frameworks: the built-in one of compassion, and files of the same form."""

from qdpx_compassion.frameworks.codes import FrameworkCode, framework_codes
from qdpx_compassion.frameworks.framework import Construct, Dimension, Framework
from qdpx_compassion.frameworks.loading import builtin_frameworks, load_framework

__all__ = [
    "Construct",
    "Dimension",
    "Framework",
    "FrameworkCode",
    "builtin_frameworks",
    "framework_codes",
    "load_framework",
]
