"""An access log turned into Parquet by Spark, in one of several ways.

Each way does its work twice in one process, as on a cluster that is warm, and prints a line of JSON after each time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from loglake_spark import job
from loglake_spark.lines import scan_lines
from loglake_spark.plan import Plan, parse_plan
from loglake_spark.requests import to_records
from loglake_spark.session import create_session
from loglake_spark.text_format import read_text

# client, identity, user, time, method, target, version, status, size, referer, agent: as in many a tutorial
APACHE = r'^(\S+) (\S+) (\S+) \[([^\]]+)\] "(\S+) (\S+) HTTP/([0-9.]+)" (\d{3}) (\S+) "([^"]*)" "([^"]*)"'
TIME = "dd/MMM/yyyy:HH:mm:ss Z"

# what every way writes; `job` writes all columns of the events table
COLUMNS = (
    "event_time",
    "client_address",
    "user_name",
    "http_request_method",
    "url_path",
    "url_query",
    "network_protocol_version",
    "http_response_status_code",
    "http_response_body_size",
    "http_request_header_referer",
    "user_agent_original",
)


def whole_job(spark: SparkSession, plan: Plan, _out: str) -> None:
    """The deployed job, with the plan's tables."""
    job.run(spark, plan)


def parser(spark: SparkSession, plan: Plan, out: str) -> None:
    """The functions of the deployed job that make records of lines, and nothing else of it.

    Lines that are no requests stay, with the reason: to filter here would be to parse twice, since Spark moves a filter
    below what it filters. The job keeps the records first.
    """
    (source,) = plan.sources
    log_format = plan.format_of(source)
    lines = scan_lines(spark, [source.location]).select(
        "line",
        F.lit(source.source).alias("source"),
        F.lit("").alias("log_file_path"),
        F.lit(0).alias("log_file_line"),
        F.lit("").alias("event_id"),
    )
    write(to_records(read_text(lines, log_format), log_format), out, (*COLUMNS, "reason"))


def regexp_extract(spark: SparkSession, plan: Plan, out: str) -> None:
    """One ``regexp_extract`` a field."""
    fields = (F.regexp_extract("value", APACHE, index + 1).alias(name) for index, name in enumerate(FIELDS))
    write(typed(text(spark, plan).select(*fields)), out)


def from_csv(spark: SparkSession, plan: Plan, out: str) -> None:
    """``from_csv`` with a space between the fields; the time has one in it."""
    names = ("client", "identity", "user", "day", "zone", "request", "status", "size", "referer", "agent")
    schema = ", ".join(f"{name} string" for name in names)
    row = F.from_csv("value", schema, {"sep": " ", "quote": '"', "escape": "\\"})
    request = F.split("request", " ")
    fields = (
        text(spark, plan)
        .select(row.alias("row"))
        .select("row.*")
        .where("agent is not null")
        .select(
            "client",
            "user",
            F.concat(F.expr("substr(day, 2)"), F.lit(" "), F.rtrim(F.regexp_replace("zone", r"\]", ""))).alias("time"),
            request[0].alias("method"),
            request[1].alias("target"),
            F.substring_index(request[2], "/", -1).alias("version"),
            "status",
            "size",
            "referer",
            "agent",
        )
    )
    write(typed(fields), out)


def floor(spark: SparkSession, plan: Plan, out: str) -> None:
    """No parsing: each line as it is."""
    write(text(spark, plan), out, ("value",))


FIELDS = ("client", "identity", "user", "time", "method", "target", "version", "status", "size", "referer", "agent")

WAYS: dict[str, Callable[[SparkSession, Plan, str], None]] = {
    "job": whole_job,
    "parser": parser,
    "regexp_extract": regexp_extract,
    "from_csv": from_csv,
    "floor": floor,
}


def text(spark: SparkSession, plan: Plan) -> DataFrame:
    """The lines of the plan's one source."""
    return spark.read.text(plan.sources[0].location)


def typed(fields: DataFrame) -> DataFrame:
    """The columns of ``COLUMNS``; lines that are no requests are left out."""
    target = F.col("target")
    return fields.select(
        F.to_timestamp("time", TIME).alias("event_time"),
        present("client").alias("client_address"),
        present("user").alias("user_name"),
        F.col("method").alias("http_request_method"),
        F.substring_index(target, "?", 1).alias("url_path"),
        F.when(target.contains("?"), F.substring_index(target, "?", -1)).alias("url_query"),
        F.col("version").alias("network_protocol_version"),
        F.col("status").cast("int").alias("http_response_status_code"),
        F.col("size").cast("bigint").alias("http_response_body_size"),
        present("referer").alias("http_request_header_referer"),
        present("agent").alias("user_agent_original"),
    ).where("event_time is not null")


def present(name: str) -> Column:
    """The field, or null where the log says that there is none."""
    return F.when(~F.col(name).isin("", "-"), F.col(name))


def write(rows: DataFrame, out: str, columns: tuple[str, ...] = COLUMNS) -> None:
    """Write ``columns`` of ``rows`` as the deployed job writes its tables."""
    rows.select(*columns).write.mode("overwrite").option("compression", "zstd").parquet(out)


def session(way: str) -> SparkSession:
    """The deployed job's own session for what is its own, and Spark's defaults for the others."""
    if way in ("job", "parser"):
        return create_session()
    return SparkSession.builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()


def main() -> None:
    """Do the work, twice."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("way", choices=WAYS)
    arguments.add_argument("plan", type=Path)
    arguments.add_argument("out")
    options = arguments.parse_args()
    plan = parse_plan(options.plan.read_text())
    spark = session(options.way)
    for _ in range(2):
        begun = time.monotonic()
        WAYS[options.way](spark, plan, options.out)
        print(json.dumps({"seconds": time.monotonic() - begun}), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
