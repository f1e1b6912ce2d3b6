"""Objects that Spark doesn't read: those that it passes over without a word, and those that it can't."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

from loglake_spark.lines import parts_of
from loglake_spark.storage import Storage, root_cause

# what Hadoop takes for a pattern in a path
GLOB = re.compile(r"([\\{}\[\]*?])")


def passed_over(storage: Storage, location: str) -> list[str]:
    """URIs of the objects below ``location`` that hold something, and whose name or folder begins with ``_`` or ``.``.

    Hadoop's readers take them for unfinished, or for notes of a program to itself.
    """
    depth = len(parts_of(location))
    return [
        uri
        for uri, size in storage.list_files(location)
        if size > 0 and any(part.startswith(("_", ".")) for part in parts_of(uri)[depth:])
    ]


def find_unreadable(spark: SparkSession, files: Sequence[str]) -> tuple[str, str] | None:
    """The first of ``files``, as ``inputFiles`` gives them, that can't be read to its end, and why; None for none.

    What Spark says of a compressed object that is cut or damaged leaves out its name. Halving what is looked
    at finds it in the time of two more readings of everything.
    """
    why = failure(spark, files)
    if why is None:
        return None
    if len(files) == 1:
        return unquote(files[0]), why
    middle = len(files) // 2
    return find_unreadable(spark, files[:middle]) or find_unreadable(spark, files[middle:])


def failure(spark: SparkSession, files: Sequence[str]) -> str | None:
    """Why reading all of ``files`` fails, None where it doesn't."""
    paths = [GLOB.sub(r"\\\1", unquote(file)) for file in files]
    try:
        spark.read.option("lineSep", "\n").text(paths).count()
    except Py4JJavaError as error:
        return root_cause(error)
    return None
