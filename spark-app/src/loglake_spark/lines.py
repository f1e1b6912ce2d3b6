"""Raw lines with the object and the number that each has in it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from typing import Any
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from loglake_spark.errors import LoglakeError
from loglake_spark.plan import Source

# the lower bits of monotonically_increasing_id count the rows of a partition
POSITION_BITS = 33

BLOCK_COLUMNS = {
    "file_path": "string",
    "block_start": "bigint",
    "line_offset": "bigint",
    "source": "string",
    "log_file_path": "string",
    "event_id_prefix": "string",
}


@dataclass(frozen=True)
class Block:
    """Part of an object that one task reads: ``lines`` lines, the first at ``first_position`` of its partition."""

    scan: int
    file_path: str
    start: int
    first_position: int
    lines: int


def scan_lines(spark: SparkSession, locations: Sequence[str]) -> DataFrame:
    """All lines of the objects below ``locations``, without their ends.

    Returns ``line: string``, ``file_path: string`` and ``block_start: long`` (the part of the object that it
    was read from), and ``position: long`` (a count within the task that read it). Bytes that are no UTF-8 are
    still in ``line``.
    """
    return (
        spark.read.option("lineSep", "\n")
        .option("recursiveFileLookup", True)
        .text(list(locations))
        .select(
            without_carriage_return(F.col("value")).alias("line"),
            F.col("_metadata.file_path").alias("file_path"),
            F.col("_metadata.file_block_start").alias("block_start"),
            F.monotonically_increasing_id().bitwiseAND(F.lit((1 << POSITION_BITS) - 1)).alias("position"),
        )
    )


def without_carriage_return(line: Column) -> Column:
    """``line`` without the first half of Windows' line ends."""
    return F.when(line.endswith("\r"), F.expr("trim(trailing '\\r' from value)")).otherwise(line)


def count_blocks(scans: Sequence[DataFrame]) -> list[Block]:
    """Count the lines of every block of every scan, in one job and without looking into the lines."""
    counted = [
        scan.groupBy("file_path", "block_start")
        .agg(F.min("position").alias("first_position"), F.count(F.lit(1)).alias("lines"))
        .select(F.lit(index).alias("scan"), "file_path", "block_start", "first_position", "lines")
        for index, scan in enumerate(scans)
    ]
    rows = reduce(DataFrame.unionByName, counted).collect()
    return [Block(row.scan, row.file_path, row.block_start, row.first_position, row.lines) for row in rows]


def number_lines(scan: DataFrame, blocks: Iterable[Block], sources: Sequence[Source]) -> DataFrame:
    """Number the lines of ``scan``, whose counted ``blocks`` are given, and tell which of ``sources`` each belongs to.

    Returns ``line: string``, ``source: string``, ``log_file_path: string`` (URI as listed), ``log_file_line:
    long`` (from 1) and ``event_id: string``. The identifier depends on the object's key and the line's number
    alone, not on the bucket: 20 hex digits of the key's SHA-256, then 12 of the number.
    """
    spark = scan.sparkSession
    rows = []
    for file_path, parts in groupby(sorted(blocks, key=lambda b: (b.file_path, b.start)), key=lambda b: b.file_path):
        path = unquote(file_path)
        source = source_of(path, sources)
        prefix = hashlib.sha256(key_of(path).encode()).hexdigest()[:20]
        lines_before = 0
        for part in parts:
            # a block's first line is number lines_before + 1 of the object
            offset = lines_before + 1 - part.first_position
            rows.append([file_path, part.start, offset, source, path, prefix])
            lines_before += part.lines
    numbered = scan.join(F.broadcast(local_frame(spark, rows, BLOCK_COLUMNS)), ["file_path", "block_start"])
    line_number = F.col("position") + F.col("line_offset")
    return numbered.select(
        "line",
        "source",
        "log_file_path",
        line_number.alias("log_file_line"),
        F.concat("event_id_prefix", F.lpad(F.lower(F.hex(line_number)), 12, "0")).alias("event_id"),
    )


def local_frame(spark: SparkSession, rows: Sequence[Sequence[object]], columns: Mapping[str, str]) -> DataFrame:
    """``rows`` as a frame with ``columns``, names and types.

    They go to the JVM as one text: ``createDataFrame`` would start a Python process on the executors to unpack them.
    """
    text = json.dumps([dict(zip(columns, row, strict=True)) for row in rows])
    jvm: Any = spark.sparkContext._jvm
    texts = jvm.java.util.Collections.singletonList(text)
    frame = spark._jsparkSession.createDataset(texts, jvm.org.apache.spark.sql.Encoders.STRING()).toDF()
    struct = ", ".join(f"{name}: {kind}" for name, kind in columns.items())
    return DataFrame(frame, spark).select(F.inline(F.from_json("value", f"array<struct<{struct}>>")))


def lines_by_source(blocks: Iterable[Block], sources: Sequence[Source]) -> dict[str, int]:
    """Lines of each of ``sources``, 0 for one whose objects are all empty."""
    lines: dict[str, int] = defaultdict(int, {source.source: 0 for source in sources})
    for block in blocks:
        lines[source_of(unquote(block.file_path), sources)] += block.lines
    return dict(lines)


def source_of(path: str, sources: Sequence[Source]) -> str:
    """Source whose location holds the object, the nearest one where locations lie within each other."""
    owners = [source for source in sources if below(path, source.location)]
    if not owners:
        raise LoglakeError(f"{path} lies in no location of the plan")
    return max(owners, key=lambda source: len(source.location)).source


def below(path: str, location: str) -> bool:
    """Whether the object ``path`` lies in the folder ``location``, or is the object that it names."""
    parts, folder = parts_of(path), parts_of(location)
    return parts[: len(folder)] == folder


def key_of(uri: str) -> str:
    """Key of an object: its URI without the scheme and the bucket."""
    return "/".join(parts_of(uri)[1:])


def parts_of(uri: str) -> list[str]:
    """Bucket, empty for local files, and the parts of the key. ``file:/a`` and ``file:///a`` name the same file."""
    path = re.sub(r"^[a-z0-9+.-]+:", "", uri)
    bucket, _, key = path[2:].partition("/") if path.startswith("//") else ("", "", path)
    return [bucket, *(part for part in key.split("/") if part)]
