"""From the objects that a plan names to a record of every line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from py4j.protocol import Py4JJavaError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from loglake_spark.errors import LoglakeError
from loglake_spark.fields import SKIPPED
from loglake_spark.json_format import read_json
from loglake_spark.lines import Block, count_blocks, number_lines, scan_lines
from loglake_spark.manifest import SourceCounts
from loglake_spark.plan import Format, Plan, Source
from loglake_spark.requests import to_records
from loglake_spark.sizing import parse_tasks, raw_bytes
from loglake_spark.storage import Storage
from loglake_spark.text_format import read_text
from loglake_spark.unreadable import find_unreadable, passed_over

READERS = {"text": read_text, "json": read_json}


@dataclass(frozen=True)
class Scan:
    """All sources of one format, read together: a plan of a hundred sources is no larger than one of three."""

    format: Format
    sources: tuple[Source, ...]
    lines: DataFrame
    # bytes of the lines, estimated
    raw: int
    # objects of the sources that are no part of it
    passed_over: tuple[str, ...]


def scan_formats(spark: SparkSession, storage: Storage, plan: Plan) -> list[Scan]:
    """The lines of all sources; a ``LoglakeError`` names a location without objects."""
    return [scan_format(spark, storage, plan, name) for name in sorted({source.format for source in plan.sources})]


def scan_format(spark: SparkSession, storage: Storage, plan: Plan, name: str) -> Scan:
    """The lines of all sources in the format ``name``."""
    sources = tuple(source for source in plan.sources if source.format == name)
    stored, objects = 0, 0
    for source in sources:
        size, files = storage.size(source.location)
        if files == 0:
            raise LoglakeError(f"source {source.source}: no objects at {source.location}")
        stored, objects = stored + size, objects + files
    lines = scan_lines(spark, [source.location for source in sources])
    read = lines.inputFiles()
    # looked for only where some are missing: a listing by name takes its time
    hidden = [] if len(read) == objects else [uri for s in sources for uri in passed_over(storage, s.location)]
    return Scan(plan.formats[name], sources, lines, raw_bytes(stored, read), tuple(hidden))


def count_scans(spark: SparkSession, scans: Sequence[Scan]) -> list[Block]:
    """``count_blocks`` of all ``scans``; a ``LoglakeError`` names an object that can't be read."""
    try:
        return count_blocks([scan.lines for scan in scans])
    except Py4JJavaError as error:
        found = find_unreadable(spark, [file for scan in scans for file in scan.lines.inputFiles()])
        if found is None:
            raise
        raise LoglakeError("can't read {}: {}".format(*found)) from error


def read_records(scans: Sequence[Scan], blocks: Sequence[Block]) -> DataFrame:
    """Every line of ``scans``, whose counted ``blocks`` are given, as ``to_records`` describes it."""
    records = [records_of(scan, [block for block in blocks if block.scan == index]) for index, scan in enumerate(scans)]
    return reduce(DataFrame.unionByName, records)


def records_of(scan: Scan, blocks: Sequence[Block]) -> DataFrame:
    """Every line of one scan."""
    lines = number_lines(scan.lines, blocks, scan.sources)
    # the first block of each task begins at 0
    tasks = sum(1 for block in blocks if block.first_position == 0)
    if parse_tasks(scan.raw) >= 2 * tasks:
        # gzip can't be split: without this one task would parse the whole object
        lines = lines.repartition(parse_tasks(scan.raw))
    return to_records(READERS[scan.format.kind](lines, scan.format), scan.format)


def count_records(
    records: DataFrame, plan: Plan, lines: Mapping[str, int]
) -> tuple[list[SourceCounts], dict[str, int]]:
    """What became of the ``lines`` of each source, and how many were quarantined for each reason."""
    by_source: dict[str, Counter[str | None]] = defaultdict(Counter)
    for row in records.groupBy("source", "reason").agg(F.count(F.lit(1)).alias("records")).collect():
        by_source[row.source][row.reason] += row.records

    def counts(source: Source) -> SourceCounts:
        reasons = by_source[source.source]
        events, skipped = reasons[None], reasons[SKIPPED]
        return SourceCounts(
            source=source.source,
            format=source.format,
            location=source.location,
            lines_in=lines[source.source],
            events=events,
            quarantined=sum(reasons.values()) - events - skipped,
            skipped=skipped,
        )

    total: Counter[str | None] = sum(by_source.values(), Counter())
    by_reason = {reason: count for reason, count in total.items() if reason is not None and reason != SKIPPED}
    return [counts(source) for source in plan.sources], by_reason
