"""Writing of tables: their columns as declared, in files of a sensible size."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from loglake_spark.errors import LoglakeError
from loglake_spark.plan import Table


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
