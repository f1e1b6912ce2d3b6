"""Stand-ins for the services, and rows as the processed tables have them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import IntegerType, LongType, StringType, StructField, StructType, TimestampType

BUCKET = "lake-processed"
RUN_ID = "run-1"
DT = "2026-03-01"
REPOSITORY = Path(__file__).parent.parent.parent
TYPES = {"string": StringType(), "int": IntegerType(), "bigint": LongType(), "timestamp": TimestampType()}
ROLE = "arn:aws:iam::123456789012:role/lake-warehouse"

# The declaration that Spark writes by; what the job reads must be in it under the same name and type.
PROCESSED = {table["name"]: table for table in json.loads((REPOSITORY / "formats" / "tables.json").read_text())}


def schema_of(table: str) -> StructType:
    """The columns of a processed table."""
    return StructType([StructField(column["name"], TYPES[column["type"]]) for column in PROCESSED[table]["columns"]])


def event(number: int, **values: Any) -> dict[str, Any]:
    """An ordinary event, but for ``values``."""
    ordinary = {
        "event_id": f"{number:064x}",
        "source": "web",
        "event_time": datetime(2026, 3, 1, 12, 0, number),
        "client_address": "192.0.2.1",
        "http_request_method": "GET",
        "url_path": "/index.html",
        "network_protocol_version": "1.1",
        "http_response_status_code": 200,
        "http_response_status_class": "2xx",
        "http_response_body_size": 512,
        "user_agent_original": "curl/8.0",
        "user_agent_name": "curl",
        "user_agent_version": "8.0",
        "user_agent_os_name": None,
        "user_agent_synthetic_type": None,
    }
    return {**ordinary, **values}


def session(**values: Any) -> dict[str, Any]:
    """An ordinary session, but for ``values``."""
    ordinary = {
        "source": "web",
        "client_address": "192.0.2.1",
        "session_start": datetime(2026, 3, 1, 12, 0, 0),
        "session_end": datetime(2026, 3, 1, 12, 1, 30),
        "requests": 3,
        "entry_path": "/index.html",
        "exit_path": "/buy",
    }
    return {**ordinary, **values}


def events_of(spark: SparkSession, *rows: dict[str, Any]) -> DataFrame:
    return spark.createDataFrame(list(rows), schema_of("events"))


def sessions_of(spark: SparkSession, *rows: dict[str, Any]) -> DataFrame:
    return spark.createDataFrame(list(rows), schema_of("sessions"))


def manifest_json(**values: Any) -> dict[str, Any]:
    """The manifest of a run with two events and a session, but for ``values``."""
    names = ("events", "sessions")
    rows = {"events": 2, "sessions": 1}
    ordinary = {
        "version": 1,
        "runId": RUN_ID,
        "dt": DT,
        "linesIn": 4,
        "events": 2,
        "quarantined": 1,
        "skipped": 1,
        "tables": [
            {"table": name, "location": f"s3://{BUCKET}/{name}/dt={DT}/run={RUN_ID}/", "rows": rows[name], "files": 1}
            for name in names
        ],
    }
    return {**ordinary, **values}


class FolderS3:
    """The calls on S3 that the job makes, on the folder that Spark sees as the bucket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        path = self.folder / Key
        if not path.exists():
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "absent"}}, "GetObject")
        return {"Body": io.BytesIO(path.read_bytes())}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> dict[str, Any]:
        path = self.folder / Key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(Body)
        return {}

    def get_paginator(self, operation_name: str) -> FolderS3:
        assert operation_name == "list_objects_v2"
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        keys = [(path.relative_to(self.folder).as_posix(), path.stat().st_size) for path in files]
        # One object a page, so that only a reader of all pages sees them all.
        for key, size in keys:
            if key.startswith(Prefix):
                yield {"Contents": [{"Key": key, "Size": size}]}
        yield {}


class FakeRedshiftData:
    """A Data API that records batches and answers with the given descriptions, the last one over and over."""

    def __init__(self, *descriptions: dict[str, Any]) -> None:
        self.descriptions = list(descriptions) or [{"Status": "FINISHED"}]
        self.batches: list[dict[str, Any]] = []
        self.cancelled: list[str] = []

    def batch_execute_statement(
        self, *, ClusterIdentifier: str, Database: str, Sqls: Sequence[str], StatementName: str, ClientToken: str
    ) -> dict[str, Any]:
        self.batches.append(
            {
                "ClusterIdentifier": ClusterIdentifier,
                "Database": Database,
                "Sqls": list(Sqls),
                "StatementName": StatementName,
                "ClientToken": ClientToken,
            }
        )
        return {"Id": f"batch-{len(self.batches)}"}

    def describe_statement(self, *, Id: str) -> dict[str, Any]:
        return self.descriptions.pop(0) if len(self.descriptions) > 1 else self.descriptions[0]

    def cancel_statement(self, *, Id: str) -> dict[str, Any]:
        self.cancelled.append(Id)
        return {"Status": True}
