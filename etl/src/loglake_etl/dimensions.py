"""Dimensions of a day: every client, path and user agent that its facts point at, once."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from loglake_etl import schema
from loglake_etl.fit import clean, fit

IPV4 = r"^\d{1,3}(\.\d{1,3}){3}$"
IPV6 = r"^[0-9A-Fa-f]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%.+)?$"
EXTENSION = r"[^/]\.([A-Za-z0-9]{1,16})$"

USER_AGENT_ATTRIBUTES = (
    "user_agent_name",
    "user_agent_version",
    "user_agent_os_name",
    "user_agent_synthetic_type",
)


def key_of(natural_key: str) -> Column:
    """Key of the dimension row that ``natural_key``, a text column, points at; null where it is null.

    xxhash64 gives the same key in every run and on every day. Over a hundred million distinct texts the chance that
    any two share one is 1 in 3 700 (n²/2⁶⁵); within a day that is checked before the load.
    """
    return F.when(F.col(natural_key).isNotNull(), F.xxhash64(clean(natural_key)))


def dim_client(events: DataFrame, sessions: DataFrame) -> DataFrame:
    """One row a ``client_address: string`` of either, as the columns of ``schema.DIM_CLIENT``."""
    addresses = events.select("client_address").union(sessions.select("client_address"))
    rows = _distinct(addresses, "client_address").select(
        key_of("client_address").alias("client_key"),
        "client_address",
        F.when(F.col("client_address").rlike(IPV4), "ipv4")
        .when(F.col("client_address").rlike(IPV6), "ipv6")
        .alias("network_type"),
    )
    return fit(rows, schema.DIM_CLIENT)


def dim_url(events: DataFrame, sessions: DataFrame) -> DataFrame:
    """One row a ``url_path: string`` of the events or ends of a session, as the columns of ``schema.DIM_URL``."""
    paths = (
        events.select("url_path")
        .union(sessions.select(F.col("entry_path").alias("url_path")))
        .union(sessions.select(F.col("exit_path").alias("url_path")))
    )
    extension = F.lower(F.regexp_extract("url_path", EXTENSION, 1))
    rows = _distinct(paths, "url_path").select(
        key_of("url_path").alias("url_key"),
        "url_path",
        F.when(extension != "", extension).alias("url_extension"),
    )
    return fit(rows, schema.DIM_URL)


def dim_user_agent(events: DataFrame) -> DataFrame:
    """One row a ``user_agent_original: string``, as the columns of ``schema.DIM_USER_AGENT``.

    The attributes are functions of the header, so any row of it has them; ``max`` only makes the choice definite.
    """
    rows = (
        events.where("user_agent_original is not null")
        .withColumn("user_agent_original", clean("user_agent_original"))
        .groupBy("user_agent_original")
        .agg(*[F.max(clean(attribute)).alias(attribute) for attribute in USER_AGENT_ATTRIBUTES])
        .withColumn("user_agent_key", key_of("user_agent_original"))
    )
    return fit(rows, schema.DIM_USER_AGENT)


def _distinct(rows: DataFrame, column: str) -> DataFrame:
    return rows.where(F.col(column).isNotNull()).select(clean(column).alias(column)).distinct()
