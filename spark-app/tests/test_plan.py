from __future__ import annotations

import json
import re
from typing import Any

import pytest

from loglake_spark.plan import PlanError, Source, parse_plan
from support import declared_formats, plan_of


def test_a_plan_says_what_to_read_and_where_to_write() -> None:
    plan = parse_plan(json.dumps(plan_of(processed="s3://processed/")))

    assert plan.sources == (Source("web", "s3://raw/web/dt=2026-03-04/", "combined"),)
    times = ("dd/MMM/yyyy:HH:mm:ss[.SSSSSSSSS] Z", "iso8601")
    assert plan.format_of(plan.sources[0]).time_formats == times
    assert plan.table_location("events") == "s3://processed/events/dt=2026-03-04/run=run-1"
    assert plan.run_location == "s3://processed/_runs/run-1"
    assert [column.type for column in plan.tables["requests_by_status"].columns] == [
        "string",
        "int",
        "string",
        "bigint",
    ]


def one_source(**changes: object) -> list[dict[str, Any]]:
    return [{"source": "web", "location": "s3://raw/web/", "format": "combined", **changes}]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 2}, "plan: version must be 1, got 2"),
        ({"version": "1"}, 'plan: version must be of type int, got "1"'),
        ({"runId": "a/b"}, "plan: runId must match [A-Za-z0-9_-]{1,80}, got a/b"),
        ({"dt": "4 March"}, r"plan: dt must match \d{4}-\d{2}-\d{2}, got 4 March"),
        ({"processed": "processed"}, "plan: processed must be a URI such as s3://bucket/, got processed"),
        ({"sources": []}, "plan: sources must name one source at least"),
        ({"sources": one_source() * 2}, "plan: sources must have different names, got web, web"),
        ({"sources": one_source(location=None)}, "plan: sources[0].location must be of type str, got null"),
        (
            {"sources": one_source(format="iis")},
            "plan: sources[0].format must be one of formats (combined, common, json), got iis",
        ),
        ({"formats": {}}, "plan: sources[0].format must be one of formats (), got combined"),
        (
            {"formats": {**declared_formats(), "x": {"kind": "xml"}}},
            "plan: formats.x.kind must be text or json, got xml",
        ),
        ({"formats": {"x": {"kind": "text"}}}, "plan: formats.x.patterns must be of type dict, got null"),
        ({"tables": {"events": {"name": "events"}}}, "plan: tables.events.columns must be of type list, got null"),
        (
            {"tables": {"events": {"name": "events", "columns": [{"name": "a"}]}}},
            "plan: tables.events.columns[0].type must be of type str, got null",
        ),
    ],
    ids=lambda value: None if isinstance(value, dict) else value,
)
def test_a_plan_is_refused_by_what_is_wrong(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=f"^{re.escape(message)}$"):
        parse_plan(json.dumps({**plan_of(), **changes}))


def test_a_plan_that_is_not_json_is_refused() -> None:
    with pytest.raises(PlanError, match="plan is not JSON"):
        parse_plan("{")
