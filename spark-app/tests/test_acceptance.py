"""Real logs, where they lie beside the repository, against what other tools count in them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

from pyspark.sql import SparkSession

from loglake_spark import job
from loglake_spark.plan import parse_plan
from support import plan_of, shared_data


def test_a_real_log_of_10_000_lines_is_counted_as_awk_counts_it(spark: SparkSession, tmp_path: Path) -> None:
    log = shared_data("apache/apache_combined.log")
    plan = plan_of(f"file://{tmp_path}", [("web", "combined", f"file://{log}")])

    job.run(spark, parse_plan(json.dumps(plan)))

    manifest = json.loads((tmp_path / "_runs" / "run-1" / "manifest.json").read_text())
    assert (manifest["linesIn"], manifest["events"], manifest["quarantined"]) == (10_000, 9_999, 1)
    events = spark.read.parquet(f"file://{tmp_path}/events").cache()
    # the request of each line but the broken one stands between the first two quotes, status and size after them
    good = [line.split('"') for line in log.read_text().splitlines() if len(line.split('"')) == 7]
    after_request = [parts[2].split() for parts in good]
    assert {row[0]: row[1] for row in events.groupBy("http_response_status_code").count().collect()} == Counter(
        int(status) for status, _ in after_request
    )
    assert events.selectExpr("sum(http_response_body_size)").first()[0] == sum(  # type: ignore[index]
        int(size) for _, size in after_request if size != "-"
    )
    days = Counter(re.search(r"\[(\d+)/May/2015", parts[0])[1] for parts in good)  # type: ignore[index]
    assert {
        row[0]: row[1] for row in events.selectExpr("date_format(event_time, 'dd') d").groupBy("d").count().collect()
    } == (dict(days))
    assert events.select("client_address").distinct().count() == len({parts[0].split()[0] for parts in good})
    (broken,) = spark.read.parquet(f"file://{tmp_path}/quarantine").collect()
    assert broken.reason == "no_match"
    assert broken.line == log.read_text().splitlines()[broken.log_file_line - 1]


def test_a_real_log_of_nginx_has_no_broken_line(spark: SparkSession, tmp_path: Path) -> None:
    log = shared_data("nginx/nginx__raw.log")
    plan = plan_of(f"file://{tmp_path}", [("web", "combined", f"file://{log}")])

    job.run(spark, parse_plan(json.dumps(plan)))

    manifest = json.loads((tmp_path / "_runs" / "run-1" / "manifest.json").read_text())
    lines = len(log.read_text().splitlines())
    assert (manifest["linesIn"], manifest["events"]) == (lines, lines)
