from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from loglake_spark import job, records
from loglake_spark.errors import LoglakeError
from loglake_spark.plan import parse_plan
from support import declared_formats, plan_of

COMBINED = '192.0.2.1 - - [10/Oct/2025:13:55:36 +0000] "GET /a HTTP/1.1" 200 17 "-" "curl/8.5.0"'
JSON = '{"time":"2025-10-10T13:55:36Z","client_ip":"192.0.2.2","method":"GET","path":"/b","status":404}'

WEB = [COMBINED, "", "# rotated", "broken", COMBINED.replace("10/Oct", "31/Feb"), f"{COMBINED}\r"]
SHOP = [JSON, JSON[:40], '{"method":"GET"}', "[1]", JSON]


def write_raw(folder: Path) -> None:
    """Two sources of a day, one of them in two objects, one compressed; one is empty."""
    for name in ("web", "shop", "quiet"):
        (folder / "raw" / name).mkdir(parents=True)
    (folder / "raw" / "web" / "a.log").write_text("\n".join(WEB) + "\n")
    # bytes that are no UTF-8, in an event and in a broken line
    (folder / "raw" / "web" / "b.log.gz").write_bytes(gzip.compress(COMBINED.encode() + b" \xff\n\xfe\xfe"))
    (folder / "raw" / "shop" / "a.json").write_text("\n".join(SHOP))
    (folder / "raw" / "quiet" / "a.log").write_text("")


def sources_of(folder: Path) -> Sequence[tuple[str, str, str]]:
    formats = {"web": "combined", "shop": "json", "quiet": "combined"}
    return [(name, log_format, f"file://{folder}/raw/{name}") for name, log_format in formats.items()]


def run(spark: SparkSession, folder: Path, **changes: Any) -> dict[str, Any]:
    plan = plan_of(f"file://{folder}/processed", **{"sources": sources_of(folder), **changes})
    job.run(spark, parse_plan(json.dumps(plan)))
    return manifest_of(folder, str(plan["runId"]))


def manifest_of(folder: Path, run_id: str) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "processed" / "_runs" / run_id / "manifest.json").read_text())
    return manifest


def rows_of(spark: SparkSession, folder: Path, table: str, run_id: str = "run-1") -> list[tuple[Any, ...]]:
    frame = spark.read.parquet(f"file://{folder}/processed/{table}/dt=2026-03-04/run={run_id}")
    return sorted((tuple(row) for row in frame.collect()), key=repr)


@pytest.fixture(scope="module")
def day(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a day's logs that was run once."""
    folder = tmp_path_factory.mktemp("day")
    write_raw(folder)
    run(spark, folder)
    return folder


def test_every_line_is_an_event_quarantined_or_skipped(day: Path) -> None:
    manifest = manifest_of(day, "run-1")

    assert [(s["source"], s["linesIn"], s["events"], s["quarantined"], s["skipped"]) for s in manifest["sources"]] == [
        ("web", 8, 3, 3, 2),
        ("shop", 5, 2, 3, 0),
        ("quiet", 0, 0, 0, 0),
    ]
    assert (manifest["linesIn"], manifest["events"], manifest["quarantined"], manifest["skipped"]) == (13, 5, 6, 2)
    assert manifest["quarantineRatio"] == 6 / 11
    assert manifest["quarantinedByReason"] == {
        "invalid_json": 1,
        "invalid_time": 1,
        "missing_time": 1,
        "no_match": 2,
        "not_an_object": 1,
    }


def test_every_declared_table_is_written_with_the_rows_of_the_manifest(day: Path, spark: SparkSession) -> None:
    tables = {table["table"]: table for table in manifest_of(day, "run-1")["tables"]}

    assert list(tables) == list(plan_of()["tables"])
    for name, table in tables.items():
        assert table["location"] == f"file://{day}/processed/{name}/dt=2026-03-04/run=run-1"
        assert table["rows"] == len(rows_of(spark, day, name)) > 0
        assert table["files"] == 1


def test_the_columns_of_a_table_are_those_declared_without_the_partition(day: Path, spark: SparkSession) -> None:
    for name, table in plan_of()["tables"].items():
        written = spark.read.parquet(f"file://{day}/processed/{name}/dt=2026-03-04/run=run-1").dtypes
        assert written == [(column["name"], column["type"]) for column in table["columns"]], name


def test_what_is_quarantined_can_be_found_in_its_object(day: Path, spark: SparkSession) -> None:
    web, shop = f"file:{day}/raw/web", f"file:{day}/raw/shop"

    assert rows_of(spark, day, "quarantine") == [
        ("shop", "json", "invalid_json", JSON[:40], f"{shop}/a.json", 2),
        ("shop", "json", "missing_time", '{"method":"GET"}', f"{shop}/a.json", 3),
        ("shop", "json", "not_an_object", "[1]", f"{shop}/a.json", 4),
        ("web", "combined", "invalid_time", WEB[4], f"{web}/a.log", 5),
        ("web", "combined", "no_match", "broken", f"{web}/a.log", 4),
        ("web", "combined", "no_match", "\ufffd\ufffd", f"{web}/b.log.gz", 2),
    ]


def test_events_have_different_ids(day: Path, spark: SparkSession) -> None:
    ids = [row[0] for row in rows_of(spark, day, "events")]

    assert len(set(ids)) == len(ids) == 5


def test_another_run_of_the_day_finds_the_same_and_leaves_the_first_alone(day: Path, spark: SparkSession) -> None:
    before = {file: file.stat().st_mtime_ns for file in (day / "processed").rglob("*") if "run=run-1" in str(file)}

    run(spark, day, runId="run-2")

    assert rows_of(spark, day, "events", "run-2") == rows_of(spark, day, "events", "run-1")
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_the_same_run_again_replaces_what_it_wrote(spark: SparkSession, tmp_path: Path) -> None:
    write_raw(tmp_path)
    first = run(spark, tmp_path)
    second = run(spark, tmp_path)

    assert second == first
    assert len(rows_of(spark, tmp_path, "events")) == 5


def test_a_run_that_fails_leaves_no_manifest_even_of_an_earlier_attempt(spark: SparkSession, tmp_path: Path) -> None:
    write_raw(tmp_path)
    manifest = tmp_path / "processed" / "_runs" / "run-1" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{}")
    tables = plan_of()["tables"]
    tables["clients"]["columns"].append({"name": "age", "type": "int"})

    with pytest.raises(LoglakeError, match="table clients declares columns that nothing makes: age"):
        run(spark, tmp_path, tables=tables)
    assert not manifest.exists()


@pytest.mark.parametrize("folder", ["raw/nothing", "raw/empty"])
def test_a_location_without_objects_is_named(folder: str, spark: SparkSession, tmp_path: Path) -> None:
    write_raw(tmp_path)
    (tmp_path / "raw" / "empty").mkdir()
    location = f"file://{tmp_path}/{folder}"

    with pytest.raises(LoglakeError, match=f"source lost: no objects at {location}"):
        run(spark, tmp_path, sources=[*sources_of(tmp_path), ("lost", "json", location)])


def test_objects_that_spark_hides_are_counted_and_said(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_raw(tmp_path)
    web = tmp_path / "raw" / "web"
    (web / "_part").mkdir()
    for name in ("_access.log", ".access.log", "_part/a.log"):
        (web / name).write_text(f"{COMBINED}\n")
    (web / "_SUCCESS").touch()

    manifest = run(spark, tmp_path)

    assert manifest["linesIn"] == 13
    assert manifest["objectsPassedOver"] == 3
    printed = capsys.readouterr().out
    assert "passed over 3 objects, whose names begin with _ or .: " in printed
    assert "web/_part/a.log" in printed
    assert "_SUCCESS" not in printed


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(COMBINED.encode() * 1000)[:100], "java.io.EOFException: Unexpected end of input stream"),
        (COMBINED.encode(), "java.io.IOException: not a gzip file"),
    ],
    ids=["cut", "no gzip"],
)
def test_an_object_that_cannot_be_read_is_named(
    content: bytes, reason: str, spark: SparkSession, tmp_path: Path
) -> None:
    write_raw(tmp_path)
    name = "a*{b} [c]?%41+\\d.log.gz"
    (tmp_path / "raw" / "shop" / name).write_bytes(content)

    with pytest.raises(LoglakeError, match=re.escape(f"can't read file://{tmp_path}/raw/shop/{name}: {reason}")):
        run(spark, tmp_path)
    assert not (tmp_path / "processed" / "_runs" / "run-1" / "manifest.json").exists()


def test_a_table_that_nothing_makes_is_named(spark: SparkSession, tmp_path: Path) -> None:
    write_raw(tmp_path)
    tables = {**plan_of()["tables"], "moods": {"name": "moods", "columns": [{"name": "mood", "type": "string"}]}}

    with pytest.raises(LoglakeError, match="plan: tables names tables that nothing makes: moods"):
        run(spark, tmp_path, tables=tables)


def test_a_new_format_needs_its_declaration_only(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.log").write_text("2026-03-04 12:00:00|192.0.2.1|GET|/a?b=c|200\n2026-03-04 12:00:00|half\n")
    fields = ("time", "client_address", "http_request_method", "url", "http_response_status_code")
    piped = {
        "name": "piped",
        "kind": "text",
        "skip": "^$",
        "grok": "^" + r"\|".join(f"%{{FIELD:{field}}}" for field in fields) + "$",
        "patterns": {"FIELD": "[^|]+"},
        "timeFormats": ["yyyy-MM-dd HH:mm:ss"],
    }

    manifest = run(
        spark,
        tmp_path,
        formats={**declared_formats(), "piped": piped},
        sources=[("pipes", "piped", f"file://{tmp_path}/raw")],
    )

    assert (manifest["events"], manifest["quarantined"]) == (1, 1)
    (event,) = spark.read.parquet(f"file://{tmp_path}/processed/events").collect()
    assert (event.format, event.client_address, event.url_path, event.url_query) == ("piped", "192.0.2.1", "/a", "b=c")


def test_a_large_compressed_object_is_parsed_by_several_tasks(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "parse_tasks", lambda raw: 4)
    write_raw(tmp_path)

    manifest = run(spark, tmp_path, sources=[("web", "combined", f"file://{tmp_path}/raw/web/b.log.gz")])

    assert (manifest["linesIn"], manifest["events"], manifest["quarantined"]) == (2, 1, 1)


def test_the_job_says_what_it_does_and_returns_0(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_session(spark, monkeypatch)
    write_raw(tmp_path)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(plan_of(f"file://{tmp_path}/processed", sources_of(tmp_path))))

    assert job.main(["--plan", f"file://{plan}"]) == 0
    printed = capsys.readouterr().out
    assert "loglake-spark: run run-1: 2026-03-04, web (combined), shop (json), quiet (combined)" in printed
    assert "(13 in 3 objects)" in printed
    assert "(5 events, quarantined: 1 invalid_json, 1 invalid_time, 1 missing_time, 2 no_match" in printed
    assert f"run run-1 is complete: file://{tmp_path}/processed/_runs/run-1/manifest.json" in printed


def test_the_job_says_last_what_made_spark_fail(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_session(spark, monkeypatch)
    monkeypatch.setattr(job, "run", lambda spark, plan: spark.sql("select raise_error('disk is full')").collect())
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(plan_of(f"file://{tmp_path}/processed", sources_of(tmp_path))))

    assert job.main(["--plan", f"file://{plan}"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "loglake-spark: java.lang.RuntimeException: disk is full"


@pytest.mark.parametrize(("content", "message"), [("{", "plan is not JSON"), (None, "can't read file:///")])
def test_the_job_returns_1_and_says_why(
    content: str | None,
    message: str,
    spark: SparkSession,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    keep_session(spark, monkeypatch)
    plan = tmp_path / "plan.json"
    if content is not None:
        plan.write_text(content)

    assert job.main(["--plan", f"file://{plan}"]) == 1
    assert f"loglake-spark: {message}" in capsys.readouterr().err


def keep_session(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job ends its session; the other tests still need theirs."""
    monkeypatch.setattr(job, "create_session", lambda: spark)
    monkeypatch.setattr(SparkSession, "stop", lambda self: None)
