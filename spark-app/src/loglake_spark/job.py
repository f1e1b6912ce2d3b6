"""One run: read the day's logs as the plan says, write events, quarantine and analyses, and the manifest last."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Mapping, Sequence

from py4j.protocol import Py4JJavaError
from pyspark import StorageLevel
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from loglake_spark.agents import with_agents
from loglake_spark.analyses import ANALYSES
from loglake_spark.errors import LoglakeError
from loglake_spark.fields import SKIPPED
from loglake_spark.lines import lines_by_source
from loglake_spark.manifest import manifest_json, require_conservation, require_written
from loglake_spark.plan import Plan, parse_plan
from loglake_spark.progress import say, stage
from loglake_spark.records import count_records, count_scans, read_records, scan_formats
from loglake_spark.session import create_session
from loglake_spark.sizing import event_files, shuffle_partitions
from loglake_spark.storage import Storage, root_cause
from loglake_spark.tables import count_tables, read_table, write_tables

# tables that are made of the lines; the analyses are made of the first
RECORD_TABLES = ("events", "quarantine")

# objects that are passed over and said by name, of however many
NAMED = 10


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
        return fail(str(error))
    except Py4JJavaError as error:
        traceback.print_exc()
        return fail(root_cause(error))
    finally:
        spark.stop()
    return 0


def fail(why: str) -> int:
    """Say why the run ends as the last thing it says, where an error is looked for; returns the exit code."""
    sys.stdout.flush()
    print(f"loglake-spark: {why}", file=sys.stderr, flush=True)
    return 1


def run(spark: SparkSession, plan: Plan) -> None:
    """Carry out ``plan``. Nothing is written outside of the run's own folders; a failed run leaves no manifest."""
    require_tables(plan)
    storage = Storage(spark)
    manifest = f"{plan.run_location}/manifest.json"
    # a manifest of an earlier attempt would vouch for what this one is about to replace
    storage.delete(manifest)
    say(f"run {plan.run_id}: {plan.dt}, {', '.join(f'{s.source} ({s.format})' for s in plan.sources)}")

    cores = spark.sparkContext.defaultParallelism
    # what else follows the number of executors, which changes as they come and go: lines are numbered by the parts
    # that objects are read in, and these must be the same when they are counted and when they are parsed
    spark.conf.set("spark.sql.files.minPartitionNum", cores)
    with stage("count lines") as done:
        scans = scan_formats(spark, storage, plan)
        raw = sum(scan.raw for scan in scans)
        spark.conf.set("spark.sql.shuffle.partitions", shuffle_partitions(raw, cores))
        blocks = count_scans(spark, scans)
        lines = lines_by_source(blocks, plan.sources)
        done(f"{sum(lines.values()):,} in {len({block.file_path for block in blocks}):,} objects")
    hidden = [uri for scan in scans for uri in scan.passed_over]
    if hidden:
        names = ", ".join(hidden[:NAMED]) + (", ..." if len(hidden) > NAMED else "")
        say(f"passed over {len(hidden):,} objects, whose names begin with _ or .: {names}")

    # read four times: parsing a line takes longer than keeping what came of it
    records = read_records(scans, blocks).persist(StorageLevel.MEMORY_AND_DISK)
    with stage("read events") as done:
        sources, by_reason = count_records(records, plan, lines)
        require_conservation(sources)
        done(f"{sum(s.events for s in sources):,} events, {describe_reasons(by_reason)}")
    made = {
        "events": with_agents(records.where(F.col("reason").isNull())),
        "quarantine": records.where(F.col("reason") != SKIPPED),
    }
    write_tables(made, plan, event_files(raw))
    records.unpersist()

    # read from where they were written: few columns of many, and a plan that doesn't carry all of the parsing
    events = read_table(spark, plan, "events")
    analyses = {name: ANALYSES[name](events) for name in plan.tables if name not in RECORD_TABLES}
    write_tables(analyses, plan, event_files(raw))

    with stage("check what is written") as done:
        tables = count_tables(spark, storage, plan)
        require_written(tables, sources)
        done(f"{sum(t.rows for t in tables):,} rows in {sum(t.files for t in tables):,} files")
    storage.write_text(manifest, manifest_json(plan, sources, by_reason, tables, len(hidden)))
    say(f"run {plan.run_id} is complete: {manifest}")


def require_tables(plan: Plan) -> None:
    """Refuse a plan that declares a table that nothing makes, or leaves out one that holds lines."""
    unknown = sorted(set(plan.tables) - {*RECORD_TABLES, *ANALYSES})
    if unknown:
        raise LoglakeError(f"plan: tables names tables that nothing makes: {', '.join(unknown)}")
    missing = [name for name in RECORD_TABLES if name not in plan.tables]
    if missing:
        raise LoglakeError(f"plan: tables must have {', '.join(missing)}")


def describe_reasons(by_reason: Mapping[str, int]) -> str:
    """The reasons for quarantine with their counts, as a sentence's end."""
    if not by_reason:
        return "nothing quarantined"
    return "quarantined: " + ", ".join(f"{count:,} {reason}" for reason, count in sorted(by_reason.items()))
