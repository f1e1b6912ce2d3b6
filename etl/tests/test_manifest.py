from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from loglake_etl.errors import LoadError
from loglake_etl.manifest import Manifest, ProcessedTable, read_manifest
from support import BUCKET, DT, RUN_ID, manifest_json

Put = Callable[[Any], None]


@pytest.fixture
def bucket() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture
def put(bucket: Any) -> Put:
    def put_manifest(content: Any) -> None:
        bucket.put_object(Bucket=BUCKET, Key=f"_runs/{RUN_ID}/manifest.json", Body=json.dumps(content).encode())

    return put_manifest


def test_reads_the_counts_and_tables_of_the_run(bucket: Any, put: Put) -> None:
    put(manifest_json())
    assert read_manifest(bucket, BUCKET, RUN_ID, DT) == Manifest(
        run_id=RUN_ID,
        dt=DT,
        lines_in=4,
        events=2,
        quarantined=1,
        skipped=1,
        tables=(
            ProcessedTable("events", f"s3://{BUCKET}/events/dt={DT}/run={RUN_ID}/", 2),
            ProcessedTable("sessions", f"s3://{BUCKET}/sessions/dt={DT}/run={RUN_ID}/", 1),
        ),
    )


def test_without_a_manifest_there_is_no_run(bucket: Any) -> None:
    with pytest.raises(LoadError, match=f"^no manifest, no run: s3://{BUCKET}/_runs/{RUN_ID}/manifest.json is absent"):
        read_manifest(bucket, BUCKET, RUN_ID, DT)


def test_does_not_take_another_error_of_s3_for_absence(bucket: Any) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        read_manifest(bucket, "another-bucket", RUN_ID, DT)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dt": "2026-03-02"}, "must be of dt '2026-03-01', got '2026-03-02'"),
        ({"runId": "run-2"}, "must be of run 'run-1', got 'run-2'"),
        ({"version": 2}, "version must be 1, got 2"),
        ({"skipped": 0}, "accounts for 3 of 4 lines"),
        ({"events": 3, "skipped": 0}, "counts 3 events, but 2 rows in their table"),
        ({"tables": []}, "has no table 'events'"),
        ({"linesIn": None}, "can't be read: TypeError"),
    ],
)
def test_refuses_a_manifest_that_is_not_of_this_run_or_does_not_add_up(
    bucket: Any, put: Put, change: dict[str, Any], message: str
) -> None:
    put(manifest_json(**change))
    with pytest.raises(LoadError, match=message):
        read_manifest(bucket, BUCKET, RUN_ID, DT)


def test_refuses_a_table_outside_its_folder_of_the_bucket(bucket: Any, put: Put) -> None:
    content = manifest_json()
    content["tables"][0]["location"] = "s3://elsewhere/events/"
    put(content)
    with pytest.raises(LoadError, match="location of 'events' must lie in its folder of lake-processed"):
        read_manifest(bucket, BUCKET, RUN_ID, DT)
