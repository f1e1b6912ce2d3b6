from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from loglake_etl import schema
from loglake_etl.errors import LoadError
from loglake_etl.facts import fact_request
from loglake_etl.staging import checked_counts, stage
from support import BUCKET, DT, FolderS3, event, events_of


def entries(folder: Path, run_id: str, table: str) -> list[dict[str, object]]:
    content = json.loads((folder / "_staging" / run_id / f"{table}.manifest").read_text())
    assert list(content) == ["entries"]
    listed: list[dict[str, object]] = content["entries"]
    return listed


def test_writes_files_of_the_tables_columns_and_lists_every_one_with_its_length(
    spark: SparkSession, s3: FolderS3, bucket_folder: Path
) -> None:
    rows = fact_request(events_of(spark, event(1), event(2)).repartition(2), DT)
    staged = stage(spark, s3, BUCKET, "stage-1", schema.FACT_REQUEST, rows)

    assert (staged.rows, staged.truncated) == (2, 0)
    assert staged.manifest == f"s3://{BUCKET}/_staging/stage-1/fact_request.manifest"
    files = sorted((bucket_folder / "_staging/stage-1/fact_request").glob("*.parquet"))
    assert len(files) >= 1
    assert entries(bucket_folder, "stage-1", "fact_request") == [
        {
            "url": f"s3://{BUCKET}/_staging/stage-1/fact_request/{file.name}",
            "mandatory": True,
            "meta": {"content_length": file.stat().st_size},
        }
        for file in files
    ]
    written = spark.read.parquet(f"s3://{BUCKET}/_staging/stage-1/fact_request/")
    assert written.dtypes == [(column.name, column.spark_type) for column in schema.FACT_REQUEST.columns]


def test_a_second_try_takes_the_place_of_the_first(spark: SparkSession, s3: FolderS3, bucket_folder: Path) -> None:
    for count in (3, 1):
        rows = fact_request(events_of(spark, *[event(number) for number in range(count)]), DT)
        staged = stage(spark, s3, BUCKET, "stage-2", schema.FACT_REQUEST, rows)
    assert staged.rows == 1
    files = list((bucket_folder / "_staging/stage-2/fact_request").glob("*.parquet"))
    assert len(entries(bucket_folder, "stage-2", "fact_request")) == len(files)


def test_counts_the_rows_that_did_not_fit(spark: SparkSession, s3: FolderS3) -> None:
    rows = fact_request(events_of(spark, event(1, http_request_method="X" * 17), event(2)), DT)
    assert stage(spark, s3, BUCKET, "stage-3", schema.FACT_REQUEST, rows).truncated == 1


def test_stages_a_time_of_any_year_that_a_log_may_claim(spark: SparkSession, s3: FolderS3) -> None:
    old = datetime(1582, 10, 4, 3, 2, 1)
    stage(
        spark, s3, BUCKET, "stage-4", schema.FACT_REQUEST, fact_request(events_of(spark, event(1, event_time=old)), DT)
    )
    written = spark.read.parquet(f"s3://{BUCKET}/_staging/stage-4/fact_request/")
    assert written.selectExpr("cast(event_time as string) as at").collect()[0]["at"] == "1582-10-04 03:02:01"


def test_fails_on_two_texts_with_one_key_and_shows_them(spark: SparkSession) -> None:
    columns = "url_key bigint, url_path string, url_extension string, truncated boolean"
    rows = spark.createDataFrame([(1, "/a", None, False), (2, "/b", None, False), (2, "/c", None, False)], columns)
    with pytest.raises(LoadError) as caught:
        checked_counts(rows, schema.DIM_URL)
    assert str(caught.value).startswith("dim_url.url_key must be unique, got 2 in 2 rows, such as ")
    assert "'/b'" in str(caught.value)
    assert "'/c'" in str(caught.value)


def test_counts_a_table_without_rows(spark: SparkSession, s3: FolderS3) -> None:
    staged = stage(spark, s3, BUCKET, "stage-6", schema.FACT_REQUEST, fact_request(events_of(spark), DT))
    assert (staged.rows, staged.truncated) == (0, 0)


def test_fails_on_an_event_that_is_there_twice(spark: SparkSession, s3: FolderS3) -> None:
    rows = fact_request(events_of(spark, event(1), event(1)), DT)
    with pytest.raises(LoadError, match=r"^fact_request\.event_id must be unique, got '0+1' in 2 rows"):
        stage(spark, s3, BUCKET, "stage-5", schema.FACT_REQUEST, rows)
