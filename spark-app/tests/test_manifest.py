from __future__ import annotations

import json

import pytest

from loglake_spark.errors import LoglakeError
from loglake_spark.manifest import (
    SourceCounts,
    TableCounts,
    manifest_json,
    quarantine_ratio,
    require_conservation,
    require_written,
)
from loglake_spark.plan import parse_plan
from support import plan_of

WEB = SourceCounts("web", "combined", "s3://raw/web/", lines_in=10, events=6, quarantined=3, skipped=1)
SHOP = SourceCounts("shop", "json", "s3://raw/shop/", lines_in=3, events=3, quarantined=0, skipped=0)


def test_a_manifest_adds_up_its_sources() -> None:
    plan = parse_plan(json.dumps(plan_of()))
    table = TableCounts("events", "s3://processed/events/dt=2026-03-04/run=run-1", rows=9, files=1)

    manifest = json.loads(manifest_json(plan, [WEB, SHOP], {"no_match": 2, "invalid_time": 1}, [table], 4))

    assert manifest == {
        "version": 1,
        "runId": "run-1",
        "dt": "2026-03-04",
        "linesIn": 13,
        "events": 9,
        "quarantined": 3,
        "skipped": 1,
        "quarantineRatio": 0.25,
        "quarantinedByReason": {"invalid_time": 1, "no_match": 2},
        "objectsPassedOver": 4,
        "sources": [
            {
                "source": "web",
                "format": "combined",
                "location": "s3://raw/web/",
                "linesIn": 10,
                "events": 6,
                "quarantined": 3,
                "skipped": 1,
            },
            {
                "source": "shop",
                "format": "json",
                "location": "s3://raw/shop/",
                "linesIn": 3,
                "events": 3,
                "quarantined": 0,
                "skipped": 0,
            },
        ],
        "tables": [
            {"table": "events", "location": "s3://processed/events/dt=2026-03-04/run=run-1", "rows": 9, "files": 1}
        ],
    }


def test_nothing_read_is_nothing_quarantined() -> None:
    assert quarantine_ratio(0, 0) == 0.0


def test_a_line_that_is_lost_is_an_error_that_names_its_source() -> None:
    lost = SourceCounts("web", "combined", "s3://raw/web/", lines_in=10, events=6, quarantined=2, skipped=1)

    with pytest.raises(LoglakeError, match="source web: 10 lines in, but 6 events, 2 quarantined and 1 skipped make 9"):
        require_conservation([SHOP, lost])


@pytest.mark.parametrize(("table", "rows"), [("events", 8), ("quarantine", 4)])
def test_a_row_that_is_not_written_is_an_error_that_names_its_table(table: str, rows: int) -> None:
    with pytest.raises(LoglakeError, match=f"table {table}: . rows made, but {rows} are in s3://x"):
        require_written([TableCounts(table, "s3://x", rows=rows, files=1)], [WEB, SHOP])


def test_what_adds_up_passes() -> None:
    require_conservation([WEB, SHOP])
    require_written([TableCounts("events", "s3://x", 9, 1), TableCounts("clients", "s3://y", 2, 1)], [WEB, SHOP])
