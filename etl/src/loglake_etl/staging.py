"""Staging: the day as Parquet files that COPY can load, checked before anything of it reaches the warehouse."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from loglake_etl.clients import S3
from loglake_etl.errors import LoadError
from loglake_etl.schema import TRUNCATED, Table


@dataclass(frozen=True)
class StagedTable:
    """A table's files, and the list of them that COPY takes."""

    table: Table
    manifest: str
    """``s3://`` URI of the COPY manifest."""
    rows: int
    truncated: int
    """Rows with a value that did not fit its column."""


def stage(spark: SparkSession, s3: S3, bucket: str, run_id: str, table: Table, rows: DataFrame) -> StagedTable:
    """Writes ``rows``, the columns of ``table``, in place of what an earlier try of the run left."""
    prefix = f"_staging/{run_id}/{table.name}"
    location = f"s3://{bucket}/{prefix}/"
    # Snappy: the page of Spectrum, which reads the files for COPY, lists it and not zstd
    # (https://docs.aws.amazon.com/redshift/latest/dg/c-spectrum-data-files.html).
    rows.write.mode("overwrite").option("compression", "snappy").parquet(location)

    count, truncated = checked_counts(spark.read.schema(rows.schema).parquet(location), table)
    return StagedTable(table=table, manifest=_write_copy_manifest(s3, bucket, prefix), rows=count, truncated=truncated)


def checked_counts(rows: DataFrame, table: Table) -> tuple[int, int]:
    """How many rows there are, and how many of them are truncated.

    Fails when two share the table's key: Redshift would not, and every join on it would count double.
    """
    counted = (F.count("*").alias("rows"), F.count_if(F.col(TRUNCATED)).alias("truncated"))
    if table.key is None:
        counts = rows.agg(*counted, F.lit(1).alias("most")).collect()[0]
    else:
        totals = (F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in ("rows", "truncated"))
        counts = rows.groupBy(table.key).agg(*counted).agg(*totals, F.max("rows").alias("most")).collect()[0]
    if counts["rows"] > 0 and counts["most"] > 1:
        raise LoadError(_shared_key(rows, table.name, str(table.key)))
    return counts["rows"], counts["truncated"]


def _shared_key(rows: DataFrame, table: str, key: str) -> str:
    shared = rows.groupBy(key).count().where("count > 1").orderBy(key).first()
    assert shared is not None
    examples = [row.asDict() for row in rows.where(F.col(key).eqNullSafe(shared[key])).limit(2).collect()]
    return f"{table}.{key} must be unique, got {shared[key]!r} in {shared['count']} rows, such as {examples}"


def _write_copy_manifest(s3: S3, bucket: str, prefix: str) -> str:
    # A manifest, not a prefix: COPY would take every object under it, markers such as _SUCCESS included. Columnar
    # files need their length in it (https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-source-s3.html).
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
    entries = [
        {
            "url": f"s3://{bucket}/{file['Key']}",
            "mandatory": True,
            "meta": {"content_length": file["Size"]},
        }
        for page in pages
        for file in page.get("Contents", [])
        if file["Key"].endswith(".parquet")
    ]
    key = f"{prefix}.manifest"
    body = json.dumps({"entries": entries}).encode()
    s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
    return f"s3://{bucket}/{key}"
