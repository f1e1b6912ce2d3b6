from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from loglake_spark.errors import LoglakeError
from loglake_spark.plan import Column, Table
from loglake_spark.tables import select_declared, write_table

TABLE = Table("counts", (Column("name", "string"), Column("requests", "bigint")))


def test_columns_have_the_declared_order_and_types(spark: SparkSession) -> None:
    frame = spark.createDataFrame([(1, "a", True)], "requests int, name string, other boolean")

    assert select_declared(frame, TABLE).dtypes == [("name", "string"), ("requests", "bigint")]


def test_a_missing_column_is_named(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("a",)], "name string")

    with pytest.raises(
        LoglakeError, match="table counts declares columns that nothing makes: requests; there are name"
    ):
        select_declared(frame, TABLE)


def test_a_table_is_written_again_in_place_of_what_was_there(spark: SparkSession, tmp_path: Path) -> None:
    location = f"file://{tmp_path}/counts"
    write_table(spark.createDataFrame([("a", 1), ("b", 2)], "name string, requests long"), TABLE, location, 1)
    write_table(spark.createDataFrame([("c", 3)], "name string, requests long"), TABLE, location, 1)

    assert [tuple(row) for row in spark.read.parquet(location).collect()] == [("c", 3)]


def test_a_table_is_compressed_and_in_no_more_files_than_asked(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.range(100).selectExpr("cast(id as string) as name", "id as requests").repartition(8)
    write_table(frame, TABLE, f"file://{tmp_path}/counts", 2)

    names = [file.name for file in (tmp_path / "counts").iterdir() if not file.name.startswith(".")]
    assert len(names) == 2
    assert all(name.endswith(".zstd.parquet") for name in names)


def test_an_empty_table_has_a_file_with_its_columns(spark: SparkSession, tmp_path: Path) -> None:
    location = f"file://{tmp_path}/counts"
    write_table(spark.createDataFrame([], "name string, requests long"), TABLE, location, 1)

    assert spark.read.parquet(location).dtypes == [("name", "string"), ("requests", "bigint")]
