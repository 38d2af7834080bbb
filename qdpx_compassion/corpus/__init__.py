"""Many projects as one dataset of Parquet files: built, asked, mapped and summarised. Needs the extra ``corpus``.

The only part of the program that reads URLs, and only those that it is given.
"""
