"""Tables: written as declared, in files of a sensible size, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from loglake_spark.errors import LoglakeError
from loglake_spark.manifest import TableCounts
from loglake_spark.plan import Plan, Table
from loglake_spark.progress import stage
from loglake_spark.storage import Storage

# tables written at the same time: the small ones mostly wait for the storage
WRITERS = 4


def select_declared(frame: DataFrame, table: Table) -> DataFrame:
    """The columns that ``table`` declares, in its order and types: Parquet is copied to Redshift by position."""
    missing = [column.name for column in table.columns if column.name not in frame.columns]
    if missing:
        raise LoglakeError(
            f"table {table.name} declares columns that nothing makes: {', '.join(missing)}; "
            f"there are {', '.join(frame.columns)}"
        )
    return frame.select(*(F.col(column.name).cast(column.type).alias(column.name) for column in table.columns))


def write_table(frame: DataFrame, table: Table, location: str, files: int) -> None:
    """Replace what is at ``location`` by ``frame`` as ``table`` declares it, in ``files`` files at most."""
    select_declared(frame, table).coalesce(files).write.mode("overwrite").option("compression", "zstd").parquet(
        location
    )


def write_tables(frames: Mapping[str, DataFrame], plan: Plan, files: int) -> None:
    """Write ``frames`` as the tables that they are named after, several at a time."""

    def write(name: str) -> None:
        with stage(f"write {name}"):
            write_table(frames[name], plan.tables[name], plan.table_location(name), files)

    with ThreadPoolExecutor(WRITERS) as pool:
        for written in [pool.submit(write, name) for name in frames]:
            written.result()


def read_table(spark: SparkSession, plan: Plan, name: str) -> DataFrame:
    """What the run has written to the table ``name``."""
    columns = ", ".join(f"{column.name} {column.type}" for column in plan.tables[name].columns)
    return spark.read.schema(columns).parquet(plan.table_location(name))


def count_tables(spark: SparkSession, storage: Storage, plan: Plan) -> list[TableCounts]:
    """Count the rows and files of every table where they were written, in one job."""
    written = [read_table(spark, plan, name).select(F.lit(name).alias("table")) for name in plan.tables]
    counted = reduce(DataFrame.union, written).groupBy("table").agg(F.count(F.lit(1)).alias("rows")).collect()
    rows = {row.table: row.rows for row in counted}
    return [
        TableCounts(name, location, rows.get(name, 0), storage.count_files(location, ".parquet"))
        for name in plan.tables
        for location in [plan.table_location(name)]
    ]
