"""The Spark session of the job: settings that decide what comes out, whatever the cluster's defaults are."""

from __future__ import annotations

from pyspark.sql import SparkSession

SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # a time that doesn't fit its pattern is null, not an error about how Spark 2 would have read it
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    "spark.sql.ansi.enabled": "false",
    # the one type of timestamps that Athena, Spectrum, COPY and Hive all read
    "spark.sql.parquet.outputTimestampType": "INT96",
    "spark.sql.parquet.int96RebaseModeInWrite": "CORRECTED",
    # the JVM never compiles a method of more than 8000 bytes of bytecode; without generated code for whole
    # stages each projection is split into methods that it does compile (agents: 12 s -> 3 s for 200 000
    # lines)
    "spark.sql.codegen.hugeMethodLimit": "8000",
    # what is kept is compressed as it is stored (PySpark sets spark.rdd.compress): to encode each column before took as
    # long as the parsing (keeping a million records: 22 s -> 13 s of processor time, 43 MB -> 57 MB)
    "spark.sql.inMemoryColumnarStorage.compressed": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.coalescePartitions.enabled": "true",
}


def create_session(builder: SparkSession.Builder | None = None) -> SparkSession:
    """The session, on the cluster that spark-submit names, or that ``builder`` does."""
    builder = (builder or SparkSession.builder).appName("loglake-spark")
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    # files move once rather than twice: half a run does no harm, since nothing points at it before the
    # manifest is written
    builder = builder.config("spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version", "2")
    builder = builder.config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
    return builder.getOrCreate()
