from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from loglake_etl.fit import clean, fit
from loglake_etl.schema import TRUNCATED, Column, Table

TEXT = Table("t", None, (Column("text", "varchar(6)"), Column(TRUNCATED, "boolean")))
NUMBER = Table("t", None, (Column("number", "smallint"), Column(TRUNCATED, "boolean")))


CUT_TO_SIX_BYTES = {
    "": ("", False),
    "abcdef": ("abcdef", False),
    "abcdefg": ("abcdef", True),
    "ééé": ("ééé", False),
    "éééé": ("ééé", True),
    "aéééé": ("aéé", True),
    "a\u20ac\u20ac": ("a\u20ac", True),
    "ab\U0001f600\U0001f600": ("ab\U0001f600", True),
    "abcdé\u20ac": ("abcdé", True),
}


def test_cuts_a_text_to_the_last_whole_character_that_fits_its_bytes_and_flags_it(spark: SparkSession) -> None:
    rows = spark.createDataFrame([(text,) for text in CUT_TO_SIX_BYTES], "text string").coalesce(1)
    assert [tuple(row) for row in fit(rows, TEXT).collect()] == list(CUT_TO_SIX_BYTES.values())


def test_makes_a_number_out_of_range_null_and_flags_it(spark: SparkSession) -> None:
    rows = spark.createDataFrame([(599,), (-32768,), (32768,)], "number int").coalesce(1)
    assert [tuple(row) for row in fit(rows, NUMBER).collect()] == [(599, False), (-32768, False), (None, True)]


def test_leaves_null_as_it_is(spark: SparkSession) -> None:
    assert tuple(fit(spark.createDataFrame([(None,)], "text string"), TEXT).collect()[0]) == (None, False)
    assert tuple(fit(spark.createDataFrame([(None,)], "number int"), NUMBER).collect()[0]) == (None, False)


def test_gives_the_columns_of_the_table_in_its_order_and_no_others(spark: SparkSession) -> None:
    table = Table("t", None, (Column("b", "bigint"), Column("a", "varchar(6)"), Column(TRUNCATED, "boolean")))
    fitted = fit(spark.createDataFrame([("x", 1, True)], "a string, b int, c boolean"), table)
    assert fitted.dtypes == [("b", "bigint"), ("a", "string"), ("truncated", "boolean")]


def test_cleans_broken_utf8_and_nul_which_redshift_would_refuse(spark: SparkSession) -> None:
    broken = spark.createDataFrame([(bytearray(b"a\xffb\x00c"),)], "raw binary").select(
        F.col("raw").cast("string").alias("text")
    )
    row = broken.select(clean("text").alias("text")).collect()[0]
    assert row["text"] == "a\ufffdb\ufffdc"
