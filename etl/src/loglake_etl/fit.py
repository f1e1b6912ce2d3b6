"""Making rows fit their columns: a value that doesn't fit must neither fail the load nor be cut unseen."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from loglake_etl import schema

SMALLINT_MIN, SMALLINT_MAX = -32768, 32767


def clean(column: str) -> Column:
    """The text as valid UTF-8 without NUL, as Redshift refuses a file that has anything else.

    Logs hold what clients sent, broken bytes included; each becomes U+FFFD.
    """
    return F.translate(F.decode(F.encode(F.col(column), "UTF-8"), "UTF-8"), "\u0000", "\ufffd")


def fit(rows: DataFrame, table: schema.Table) -> DataFrame:
    """``rows`` as exactly the columns of ``table``, in its order and types.

    A text longer than its column is cut to the last whole character that fits, a number out of range becomes null,
    and ``truncated`` is true for a row in which either happened.
    """
    values = [column for column in table.columns if column.name != schema.TRUNCATED]
    misfit = reduce(lambda found, column: found | _is_misfit(column), values, F.lit(False))
    return rows.select(*[_fitted(column).alias(column.name) for column in values], misfit.alias(schema.TRUNCATED))


def _is_misfit(column: schema.Column) -> Column:
    value = F.col(column.name)
    if column.max_bytes is not None:
        too_big = F.octet_length(value) > column.max_bytes
    elif column.type == "smallint":
        too_big = ~value.between(SMALLINT_MIN, SMALLINT_MAX)
    else:
        return F.lit(False)
    return F.coalesce(too_big, F.lit(False))


def _fitted(column: schema.Column) -> Column:
    value = F.col(column.name)
    if column.max_bytes is not None:
        return F.when(_is_misfit(column), _cut(value, column.max_bytes)).otherwise(value.cast("string"))
    if column.type == "smallint":
        value = F.when(~_is_misfit(column), value)
    return value.cast(column.spark_type)


def _cut(value: Column, max_bytes: int) -> Column:
    # The first bytes, counted in characters, are one too many when the cut fell inside the last of them.
    started = F.length(F.substring(value.cast("binary"), 1, max_bytes).cast("string"))
    whole = value.substr(F.lit(1), started)
    return F.when(F.octet_length(whole) <= max_bytes, whole).otherwise(value.substr(F.lit(1), started - 1))
