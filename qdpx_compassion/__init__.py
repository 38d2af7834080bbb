"""Link what people said to a theory: REFI-QDA projects, a framework of compassion, the study's tables."""

__version__ = "0.1.0"
