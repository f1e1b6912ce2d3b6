"""Error rates."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from loglake_spark.analyses import measures


def error_rates(events: DataFrame) -> DataFrame:
    """One row for each source and hour with requests.

    Returns ``source``, ``event_hour: timestamp``, ``requests: long``, ``client_errors: long``,
    ``server_errors: long`` and the share of each in the requests, ``client_error_ratio: double`` and
    ``server_error_ratio: double``, 0 to 1.
    """
    counted = events.groupBy("source", measures.event_hour()).agg(
        measures.requests(), measures.client_errors(), measures.server_errors()
    )
    return counted.select(
        "*",
        (F.col("client_errors") / F.col("requests")).alias("client_error_ratio"),
        (F.col("server_errors") / F.col("requests")).alias("server_error_ratio"),
    )
