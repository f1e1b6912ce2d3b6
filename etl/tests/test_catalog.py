from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from loglake_etl.catalog import publish
from loglake_etl.errors import LoadError
from loglake_etl.manifest import ProcessedTable
from support import BUCKET, DT

DATABASE = "lake_processed"
DESCRIPTOR = {
    "Columns": [{"Name": "event_id", "Type": "string"}],
    "Location": f"s3://{BUCKET}/events/",
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}


@pytest.fixture
def glue() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("glue", region_name="eu-central-1")
        client.create_database(DatabaseInput={"Name": DATABASE})
        for table in ("events", "sessions"):
            client.create_table(
                DatabaseName=DATABASE,
                TableInput={
                    "Name": table,
                    "StorageDescriptor": DESCRIPTOR,
                    "PartitionKeys": [{"Name": "dt", "Type": "string"}],
                },
            )
        yield client


def tables(run_id: str) -> list[ProcessedTable]:
    return [ProcessedTable(name, f"s3://{BUCKET}/{name}/dt={DT}/run={run_id}/", 1) for name in ("events", "sessions")]


def partitions(glue: Any, table: str) -> list[tuple[list[str], dict[str, Any], dict[str, str]]]:
    found = glue.get_partitions(DatabaseName=DATABASE, TableName=table)["Partitions"]
    return [(each["Values"], each["StorageDescriptor"], each["Parameters"]) for each in found]


def expected(table: str, run_id: str) -> list[tuple[list[str], dict[str, Any], dict[str, str]]]:
    location = f"s3://{BUCKET}/{table}/dt={DT}/run={run_id}/"
    return [([DT], {**DESCRIPTOR, "Location": location}, {"loglake.run_id": run_id})]


def test_points_the_day_of_every_table_at_the_run_with_the_tables_own_descriptor(glue: Any) -> None:
    publish(glue, DATABASE, DT, "run-1", tables("run-1"))
    assert partitions(glue, "events") == expected("events", "run-1")
    assert partitions(glue, "sessions") == expected("sessions", "run-1")


def test_switches_a_day_that_another_run_published(glue: Any) -> None:
    publish(glue, DATABASE, DT, "run-1", tables("run-1"))
    publish(glue, DATABASE, DT, "run-2", tables("run-2"))
    assert partitions(glue, "events") == expected("events", "run-2")


def test_has_the_same_end_when_it_runs_again_and_after_stopping_half_way(glue: Any) -> None:
    publish(glue, DATABASE, DT, "run-1", tables("run-1")[:1])
    publish(glue, DATABASE, DT, "run-1", tables("run-1"))
    publish(glue, DATABASE, DT, "run-1", tables("run-1"))
    assert partitions(glue, "events") == expected("events", "run-1")
    assert partitions(glue, "sessions") == expected("sessions", "run-1")


def test_leaves_other_days_alone(glue: Any) -> None:
    publish(glue, DATABASE, "2026-02-28", "run-0", tables("run-0"))
    publish(glue, DATABASE, DT, "run-1", tables("run-1"))
    assert [values for values, _, _ in partitions(glue, "events")] == [["2026-02-28"], [DT]]


def test_says_which_partition_the_catalog_refused_and_why(glue: Any) -> None:
    class Refusing:
        get_table = glue.get_table
        update_partition = glue.update_partition

        def batch_create_partition(self, **_: Any) -> dict[str, Any]:
            detail = {"ErrorCode": "InternalServiceException", "ErrorMessage": "try later"}
            return {"Errors": [{"PartitionValues": [DT], "ErrorDetail": detail}]}

    message = f"^partition dt={DT} of {DATABASE}.events can't be created: InternalServiceException: try later$"
    with pytest.raises(LoadError, match=message):
        publish(Refusing(), DATABASE, DT, "run-1", tables("run-1"))
