"""What the tests share: the repository's declarations, plans made of them, lines and the records made of those."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import Column, DataFrame, Row, SparkSession

from loglake_spark.plan import Format, Plan, parse_plan
from loglake_spark.records import READERS
from loglake_spark.requests import to_records

REPOSITORY = Path(__file__).parents[2]


def declared_formats() -> dict[str, Any]:
    files = sorted((REPOSITORY / "formats").glob("*.json"))
    declared = [json.loads(file.read_text()) for file in files if file.name != "tables.json"]
    return {declaration["name"]: declaration for declaration in declared}


def declared_tables() -> dict[str, Any]:
    declared = json.loads((REPOSITORY / "formats" / "tables.json").read_text())
    return {declaration["name"]: declaration for declaration in declared}


def plan_of(
    processed: str = "s3://processed",
    sources: Sequence[tuple[str, str, str]] = (("web", "combined", "s3://raw/web/dt=2026-03-04/"),),
    **changes: object,
) -> dict[str, Any]:
    """A plan as the planner writes it; ``sources`` are names, formats and locations."""
    plan = {
        "version": 1,
        "runId": "run-1",
        "dt": "2026-03-04",
        "processed": processed,
        "sources": [{"source": s, "format": f, "location": location} for s, f, location in sources],
        "formats": declared_formats(),
        "tables": declared_tables(),
    }
    return {**plan, **changes}


def parsed_plan(formats: Mapping[str, Any], tables: Mapping[str, Any]) -> Plan:
    return parse_plan(json.dumps(plan_of(formats=formats, tables=tables)))


def numbered(spark: SparkSession, lines: Sequence[str]) -> DataFrame:
    """Lines as ``number_lines`` returns them."""
    rows = [(line, "web", "s3://raw/web/a.log", index + 1, f"{index + 1:032x}") for index, line in enumerate(lines)]
    schema = "line string, source string, log_file_path string, log_file_line long, event_id string"
    return spark.createDataFrame(rows, schema).coalesce(1)


def records_of(spark: SparkSession, log_format: Format, lines: Sequence[str]) -> list[Row]:
    """The record of each line, in their order."""
    fields = READERS[log_format.kind](numbered(spark, lines), log_format)
    return sorted(to_records(fields, log_format).collect(), key=lambda row: int(row.log_file_line))


def values_of(spark: SparkSession, inputs: Sequence[object], make: Any, kind: str = "string") -> list[Any]:
    """What the column that ``make`` makes of a column ``value`` is for each of ``inputs``."""
    frame = spark.createDataFrame([(index, value) for index, value in enumerate(inputs)], f"i int, value {kind}")
    made: Column = make(frame["value"])
    return [row.made for row in sorted(frame.select("i", made.alias("made")).collect(), key=lambda row: int(row.i))]


def shared_data(name: str) -> Path:
    """A file of the real logs that lie beside the repository; the test is skipped where they are not."""
    folder = Path(os.environ.get("LOGLAKE_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (folder / name).exists():
        pytest.skip(f"no {name} in {folder}; LOGLAKE_SHARED_DATA names another folder")
    return folder / name
