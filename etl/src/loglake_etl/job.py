"""The job: read the manifest, stage the day, check it, publish it, load it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from pyspark.sql import SparkSession

from loglake_etl import schema
from loglake_etl.arguments import Arguments, parse_arguments
from loglake_etl.catalog import publish
from loglake_etl.clients import S3, Clients, clients
from loglake_etl.dimensions import dim_client, dim_url, dim_user_agent
from loglake_etl.errors import LoadError
from loglake_etl.facts import fact_request, fact_session
from loglake_etl.manifest import Manifest, read_manifest
from loglake_etl.staging import StagedTable, stage
from loglake_etl.statements import load_statements
from loglake_etl.warehouse import Warehouse

log = logging.getLogger("loglake_etl")

# Redshift reads the timestamps of Parquet as Spark's INT96, and a log line may claim any year: CORRECTED takes those
# before 1900 as they are, where the default is to fail.
SPARK_CONF = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "INT96",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
}


def main(argv: Sequence[str]) -> None:
    """Runs the job; every failure leaves as an exception."""
    # The libraries' own messages only from warnings on: py4j and botocore write a line for every connection.
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    log.setLevel(logging.INFO)
    arguments = parse_arguments(argv)
    builder = SparkSession.builder.appName(f"loglake-load {arguments.dt}")
    for name, value in SPARK_CONF.items():
        builder = builder.config(name, value)
    run(arguments, builder.getOrCreate(), clients())


def run(arguments: Arguments, spark: SparkSession, aws: Clients) -> None:
    """Publishes and loads the run; doing so again, from the start or after a failure anywhere, has the same end."""
    manifest = read_manifest(aws.s3, arguments.processed_bucket, arguments.run_id, arguments.dt)

    # Staging reads the run's files whole, so one that they don't bear out is found before any reader is sent to it.
    staged = stage_day(spark, aws.s3, arguments.processed_bucket, manifest)
    check_rows(manifest, staged)

    publish(aws.glue, arguments.processed_database, arguments.dt, arguments.run_id, manifest.tables)
    log.info("published dt=%s run_id=%s tables=%d", arguments.dt, arguments.run_id, len(manifest.tables))

    warehouse = Warehouse(aws.redshift_data, arguments.cluster_identifier, arguments.database)
    sqls = load_statements(manifest, staged, arguments.copy_role_arn)
    batch = warehouse.run(f"loglake load {arguments.dt} {arguments.run_id}", sqls)
    log.info(
        "loaded dt=%s run_id=%s batch=%s lines_in=%d quarantined=%d skipped=%d truncated=%d %s",
        arguments.dt,
        arguments.run_id,
        batch,
        manifest.lines_in,
        manifest.quarantined,
        manifest.skipped,
        sum(table.truncated for table in staged.values()),
        " ".join(f"{name}={table.rows}" for name, table in staged.items()),
    )


def stage_day(spark: SparkSession, s3: S3, bucket: str, manifest: Manifest) -> dict[str, StagedTable]:
    """Every table of the warehouse, staged, by name."""
    events = spark.read.parquet(manifest.table("events").location)
    sessions = spark.read.parquet(manifest.table("sessions").location)
    rows = {
        schema.DIM_CLIENT: dim_client(events, sessions),
        schema.DIM_URL: dim_url(events, sessions),
        schema.DIM_USER_AGENT: dim_user_agent(events),
        schema.FACT_REQUEST: fact_request(events, manifest.dt),
        schema.FACT_SESSION: fact_session(sessions, manifest.dt),
    }
    return {table.name: stage(spark, s3, bucket, manifest.run_id, table, frame) for table, frame in rows.items()}


def check_rows(manifest: Manifest, staged: dict[str, StagedTable]) -> None:
    """Fails unless as many facts are staged as the manifest counts."""
    expected = {
        schema.FACT_REQUEST.name: manifest.events,
        schema.FACT_SESSION.name: manifest.table("sessions").rows,
    }
    for name, rows in expected.items():
        if staged[name].rows != rows:
            raise LoadError(
                f"{name} must have {rows} rows by the manifest, got {staged[name].rows}; nothing was loaded"
            )
