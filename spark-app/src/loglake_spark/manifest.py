"""The manifest of a run: what went in, what came out. It is written last: no manifest, no run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from loglake_spark.errors import LoglakeError
from loglake_spark.plan import Plan


@dataclass(frozen=True)
class SourceCounts:
    """Lines of one source and what became of them."""

    source: str
    format: str
    location: str
    lines_in: int
    events: int
    quarantined: int
    skipped: int


@dataclass(frozen=True)
class TableCounts:
    """Rows and files of one table, counted in what was written."""

    table: str
    location: str
    rows: int
    files: int


def require_conservation(sources: Sequence[SourceCounts]) -> None:
    """Every line is an event, quarantined or skipped; a ``LoglakeError`` names the source where it isn't."""
    for counts in sources:
        accounted = counts.events + counts.quarantined + counts.skipped
        if accounted != counts.lines_in:
            raise LoglakeError(
                f"source {counts.source}: {counts.lines_in} lines in, but {counts.events} events, "
                f"{counts.quarantined} quarantined and {counts.skipped} skipped make {accounted}"
            )


def require_written(tables: Sequence[TableCounts], sources: Sequence[SourceCounts]) -> None:
    """Every event and every quarantined line is in its table."""
    expected = {"events": sum(s.events for s in sources), "quarantine": sum(s.quarantined for s in sources)}
    for counts in tables:
        if counts.rows != expected.get(counts.table, counts.rows):
            raise LoglakeError(
                f"table {counts.table}: {expected[counts.table]} rows made, but {counts.rows} are in {counts.location}"
            )


def manifest_json(
    plan: Plan,
    sources: Sequence[SourceCounts],
    by_reason: dict[str, int],
    tables: Sequence[TableCounts],
    objects_passed_over: int,
) -> str:
    """The manifest as JSON."""
    events = sum(counts.events for counts in sources)
    quarantined = sum(counts.quarantined for counts in sources)
    return json.dumps(
        {
            "version": 1,
            "runId": plan.run_id,
            "dt": plan.dt,
            "linesIn": sum(counts.lines_in for counts in sources),
            "events": events,
            "quarantined": quarantined,
            "skipped": sum(counts.skipped for counts in sources),
            "quarantineRatio": quarantine_ratio(events, quarantined),
            "quarantinedByReason": dict(sorted(by_reason.items())),
            "objectsPassedOver": objects_passed_over,
            "sources": [
                {
                    "source": counts.source,
                    "format": counts.format,
                    "location": counts.location,
                    "linesIn": counts.lines_in,
                    "events": counts.events,
                    "quarantined": counts.quarantined,
                    "skipped": counts.skipped,
                }
                for counts in sources
            ],
            "tables": [
                {"table": counts.table, "location": counts.location, "rows": counts.rows, "files": counts.files}
                for counts in tables
            ],
        },
        indent=2,
    )


def quarantine_ratio(events: int, quarantined: int) -> float:
    """Share of the lines that should have been events and are not, 0 to 1; 0 where there are none."""
    lines = events + quarantined
    return quarantined / lines if lines else 0.0
