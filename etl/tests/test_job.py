from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pyspark.sql import SparkSession

from loglake_etl.arguments import Arguments
from loglake_etl.clients import Clients
from loglake_etl.errors import LoadError
from loglake_etl.job import run
from support import (
    BUCKET,
    DT,
    ROLE,
    FakeRedshiftData,
    FolderS3,
    event,
    events_of,
    manifest_json,
    session,
    sessions_of,
)

DATABASE = "lake_processed"


@pytest.fixture
def glue() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("glue", region_name="eu-central-1")
        client.create_database(DatabaseInput={"Name": DATABASE})
        for table in ("events", "sessions"):
            client.create_table(
                DatabaseName=DATABASE,
                TableInput={"Name": table, "StorageDescriptor": {"Columns": []}, "PartitionKeys": [{"Name": "dt"}]},
            )
        yield client


class Day:
    """A run of Spark, as the job finds it."""

    def __init__(self, spark: SparkSession, s3: FolderS3, glue: Any, run_id: str) -> None:
        self.spark, self.s3, self.glue = spark, s3, glue
        self.redshift = FakeRedshiftData()
        self.arguments = Arguments(run_id, DT, BUCKET, DATABASE, "lake", "logs", ROLE)
        self.locations = {name: f"s3://{BUCKET}/{name}/dt={DT}/run={run_id}/" for name in ("events", "sessions")}

    def write(self, **changes: Any) -> None:
        events_of(self.spark, event(1), event(2)).write.parquet(self.locations["events"])
        sessions_of(self.spark, session()).write.parquet(self.locations["sessions"])
        rows = {"events": 2, "sessions": 1}
        tables = [{"table": name, "location": uri, "rows": rows[name]} for name, uri in self.locations.items()]
        content = manifest_json(runId=self.arguments.run_id, tables=tables, **changes)
        key = f"_runs/{self.arguments.run_id}/manifest.json"
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(content).encode(), ContentType="application/json")

    def load(self) -> None:
        run(self.arguments, self.spark, Clients(self.s3, self.glue, self.redshift))

    def published(self) -> dict[str, list[str]]:
        return {
            table: [
                partition["StorageDescriptor"]["Location"]
                for partition in self.glue.get_partitions(DatabaseName=DATABASE, TableName=table)["Partitions"]
            ]
            for table in ("events", "sessions")
        }


@pytest.fixture
def day(spark: SparkSession, s3: FolderS3, glue: Any, request: pytest.FixtureRequest) -> Day:
    return Day(spark, s3, glue, request.node.name[:80])


def test_publishes_stages_and_loads_the_run_and_says_so(
    day: Day, caplog: pytest.LogCaptureFixture, bucket_folder: Path
) -> None:
    day.write()
    with caplog.at_level(logging.INFO):
        day.load()

    assert day.published() == {name: [uri] for name, uri in day.locations.items()}
    (batch,) = day.redshift.batches
    assert (batch["ClusterIdentifier"], batch["Database"]) == ("lake", "logs")
    copies = [sql for sql in batch["Sqls"] if sql.startswith("COPY")]
    named = [sql.split("'")[1].removeprefix(f"s3://{BUCKET}/") for sql in copies]
    assert [name.rpartition("/")[2] for name in named] == [
        "dim_client.manifest",
        "dim_url.manifest",
        "dim_user_agent.manifest",
        "fact_request.manifest",
        "fact_session.manifest",
    ]
    assert all(json.loads((bucket_folder / name).read_text())["entries"] for name in named)
    assert caplog.messages[-1] == (
        f"loaded dt={DT} run_id={day.arguments.run_id} batch=batch-1 lines_in=4 quarantined=1 skipped=1 truncated=0 "
        "dim_client=1 dim_url=2 dim_user_agent=1 fact_request=2 fact_session=1"
    )


def test_running_again_publishes_and_sends_the_same(day: Day) -> None:
    day.write()
    day.load()
    day.load()
    assert day.published() == {name: [uri] for name, uri in day.locations.items()}
    first, second = day.redshift.batches
    assert first["Sqls"] == second["Sqls"]


def test_without_a_manifest_nothing_is_published_or_loaded(day: Day) -> None:
    with pytest.raises(LoadError, match=r"^no manifest, no run"):
        day.load()
    assert day.published() == {"events": [], "sessions": []}
    assert day.redshift.batches == []


def test_files_with_fewer_rows_than_the_manifest_counts_are_neither_published_nor_loaded(day: Day) -> None:
    day.write()
    events_of(day.spark, event(1)).write.mode("overwrite").parquet(day.locations["events"])
    with pytest.raises(LoadError, match=r"^fact_request must have 2 rows by the manifest, got 1; nothing was loaded$"):
        day.load()
    assert day.published() == {"events": [], "sessions": []}
    assert day.redshift.batches == []


def test_a_load_that_fails_fails_the_job(day: Day) -> None:
    day.write()
    day.redshift.descriptions = [{"Status": "FAILED", "Error": "disk full"}]
    with pytest.raises(LoadError, match="disk full"):
        day.load()
