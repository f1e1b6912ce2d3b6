"""A small Spark program that touches what the pipeline's do, so that the classes they need are known beforehand.

Arguments: a scratch folder. Nothing of what it computes is of use.
"""

from __future__ import annotations

import sys

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType


def main(folder: str) -> None:
    """Writes and reads text, JSON and Parquet below ``folder``, and fails to reach S3."""
    spark = SparkSession.builder.getOrCreate()
    numbers = spark.range(2000).withColumn("client", F.concat(F.lit("c"), F.col("id") % 50))
    lines = numbers.select(F.to_json(F.struct("id", "client")).alias("value"))
    lines.write.mode("overwrite").text(f"{folder}/lines")

    read = (
        spark.read.option("lineSep", "\n")
        .text(f"{folder}/lines")
        .select("value", "_metadata.file_path")
    )
    schema = StructType([StructField("id", StringType()), StructField("client", StringType())])
    events = (
        read.select(
            F.from_json("value", schema).alias("row"),
            F.regexp_extract("value", r"(\d+)", 1).alias("n"),
            "file_path",
        )
        .select(
            "row.*",
            "n",
            "file_path",
            F.xxhash64("n").alias("key"),
            F.to_timestamp(F.lit("2026-01-01")).alias("at"),
        )
        .withColumn("position", F.row_number().over(Window.partitionBy("client").orderBy("id")))
    )
    events.cache().count()
    events.write.mode("overwrite").option("compression", "zstd").parquet(f"{folder}/events")
    stored = spark.read.parquet(f"{folder}/events")
    names = spark.createDataFrame([("c1", 1)], "client string, rank int")
    stored.join(F.broadcast(names), "client", "left").groupBy("client").agg(
        F.count("*").alias("n"), F.countDistinct("key"), F.min_by("id", "at"), F.collect_list("n")
    ).orderBy("n").write.mode("overwrite").parquet(f"{folder}/clients")
    stored.dropDuplicates(["n"]).repartition(2).write.mode("overwrite").json(f"{folder}/json")
    try:
        spark.read.text("s3://nowhere/nothing").count()
    except (Py4JJavaError, PySparkException) as error:
        print(f"as expected: {type(error).__name__}")
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1])
