"""One run: read the day's logs as the plan says, write events, quarantine and analyses, and the manifest last."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from loglake_spark.agents import with_agents
from loglake_spark.analyses import ANALYSES
from loglake_spark.errors import LoglakeError
from loglake_spark.fields import SKIPPED
from loglake_spark.json_format import read_json
from loglake_spark.lines import Block, count_blocks, lines_by_source, number_lines, scan_lines
from loglake_spark.manifest import SourceCounts, TableCounts, manifest_json, require_conservation, require_written
from loglake_spark.plan import Format, Plan, Source, parse_plan
from loglake_spark.requests import to_records
from loglake_spark.session import create_session
from loglake_spark.sizing import event_files, parse_tasks, raw_bytes, shuffle_partitions
from loglake_spark.storage import Storage
from loglake_spark.tables import write_table
from loglake_spark.text_format import read_text

READERS = {"text": read_text, "json": read_json}

# tables written at the same time
WRITERS = 4


def main(arguments: Sequence[str]) -> int:
    """Run the plan that ``--plan`` names; returns the exit code."""
    parser = argparse.ArgumentParser(prog="loglake-spark", description=__doc__)
    parser.add_argument(
        "--plan", required=True, metavar="URI", help="plan.json of the run, such as s3://bucket/_runs/id/plan.json"
    )
    options = parser.parse_args(arguments)
    spark = create_session()
    try:
        run(spark, parse_plan(Storage(spark).read_text(options.plan)))
    except LoglakeError as error:
        print(f"loglake-spark: {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        spark.stop()
    return 0


def run(spark: SparkSession, plan: Plan) -> None:
    """Carry out ``plan``. Nothing is written outside of the run's own folders, and a failed run leaves no manifest."""
    storage = Storage(spark)
    manifest = f"{plan.run_location}/manifest.json"
    # a manifest of an earlier attempt would vouch for what this one is about to replace
    storage.delete(manifest)
    say(f"run {plan.run_id}: {plan.dt}, {', '.join(f'{s.source} ({s.format})' for s in plan.sources)}")

    with stage("count lines") as done:
        scans = [scan_format(spark, storage, plan, name) for name in sorted({s.format for s in plan.sources})]
        raw = sum(scan.raw for scan in scans)
        spark.conf.set("spark.sql.shuffle.partitions", shuffle_partitions(raw, spark.sparkContext.defaultParallelism))
        blocks = count_blocks([scan.lines for scan in scans])
        lines = lines_by_source(blocks, plan.sources)
        done(f"{sum(lines.values()):,} in {len({block.file_path for block in blocks}):,} objects")

    # read by every table: parsing a line takes longer than keeping what came of it
    records = reduce(
        DataFrame.unionByName,
        [read_records(scan, [block for block in blocks if block.scan == index]) for index, scan in enumerate(scans)],
    ).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        with stage("read events") as done:
            sources, by_reason = count_records(records, plan, lines)
            require_conservation(sources)
            done(f"{sum(s.events for s in sources):,} events, {describe_reasons(by_reason)}")
        write_tables(records, plan, event_files(raw))
    finally:
        records.unpersist()

    with stage("check what is written") as done:
        tables = count_tables(spark, storage, plan)
        require_written(tables, sources)
        done(f"{sum(t.rows for t in tables):,} rows in {sum(t.files for t in tables):,} files")
    storage.write_text(manifest, manifest_json(plan, sources, by_reason, tables))
    say(f"run {plan.run_id} is complete: {manifest}")


@dataclass(frozen=True)
class Scan:
    """All sources of one format, read together: a plan of a hundred sources is no larger than one of three."""

    format: Format
    sources: tuple[Source, ...]
    lines: DataFrame
    # bytes of the lines, estimated
    raw: int


def scan_format(spark: SparkSession, storage: Storage, plan: Plan, name: str) -> Scan:
    """The lines of all sources in the format ``name``; a ``LoglakeError`` names a location without objects."""
    sources = tuple(source for source in plan.sources if source.format == name)
    stored = 0
    for source in sources:
        size, files = storage.size(source.location)
        if files == 0:
            raise LoglakeError(f"source {source.source}: no objects at {source.location}")
        stored += size
    lines = scan_lines(spark, [source.location for source in sources])
    return Scan(plan.formats[name], sources, lines, raw_bytes(stored, lines.inputFiles()))


def read_records(scan: Scan, blocks: Sequence[Block]) -> DataFrame:
    """Every line of ``scan`` as ``to_records`` describes it."""
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
    """What became of the lines of each source, and how many were quarantined for each reason. Fills the cache."""
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
            quarantined=reasons.total() - events - skipped,
            skipped=skipped,
        )

    total: Counter[str | None] = sum(by_source.values(), Counter())
    by_reason = {reason: count for reason, count in total.items() if reason is not None and reason != SKIPPED}
    return [counts(source) for source in plan.sources], by_reason


def write_tables(records: DataFrame, plan: Plan, files: int) -> None:
    """Write every table of ``plan``, a few at a time: the small ones mostly wait for the storage."""
    with stage("tell user agents"):
        events = with_agents(records.where(F.col("reason").isNull()))
    frames = {
        "events": events,
        "quarantine": records.where(F.col("reason") != SKIPPED),
        **{name: analysis(events) for name, analysis in ANALYSES.items()},
    }
    unknown = sorted(set(plan.tables) - set(frames))
    if unknown:
        raise LoglakeError(f"plan: tables names tables that nothing makes: {', '.join(unknown)}")

    def write(name: str) -> None:
        with stage(f"write {name}"):
            write_table(frames[name], plan.tables[name], plan.table_location(name), files)

    with ThreadPoolExecutor(WRITERS) as pool:
        for written in [pool.submit(write, name) for name in plan.tables]:
            written.result()


def count_tables(spark: SparkSession, storage: Storage, plan: Plan) -> list[TableCounts]:
    """Count the rows and files of every table where they were written, in one job."""
    written = [
        spark.read.schema(", ".join(f"{column.name} {column.type}" for column in table.columns))
        .parquet(plan.table_location(name))
        .select(F.lit(name).alias("table"))
        for name, table in plan.tables.items()
    ]
    counted = reduce(DataFrame.union, written).groupBy("table").agg(F.count(F.lit(1)).alias("rows")).collect()
    rows = {row.table: row.rows for row in counted}
    return [
        TableCounts(name, location, rows.get(name, 0), storage.count_files(location, ".parquet"))
        for name in plan.tables
        for location in [plan.table_location(name)]
    ]


def describe_reasons(by_reason: Mapping[str, int]) -> str:
    """The reasons for quarantine with their counts, as a sentence's end."""
    if not by_reason:
        return "nothing quarantined"
    return "quarantined: " + ", ".join(f"{count:,} {reason}" for reason, count in sorted(by_reason.items()))


@contextmanager
def stage(name: str) -> Iterator[Callable[[str], None]]:
    """Say when ``name`` begins and ends; what it is given is said at the end."""
    say(f"{name} ...")
    begun = time.monotonic()
    results: list[str] = []
    yield results.append
    say(" ".join([f"{name}: {time.monotonic() - begun:.1f} s", *(f"({result})" for result in results)]))


def say(line: str) -> None:
    """A line for whoever follows the run."""
    print(f"loglake-spark: {line}", flush=True)
