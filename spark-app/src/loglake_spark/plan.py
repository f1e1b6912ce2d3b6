"""The plan of a run: which day, which sources in which formats, and the tables to write."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from loglake_spark.errors import LoglakeError

T = TypeVar("T")

RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class PlanError(LoglakeError):
    """The plan can't be carried out."""


@dataclass(frozen=True)
class Column:
    """A column of a table, ``type`` in Spark's own name."""

    name: str
    type: str


@dataclass(frozen=True)
class Table:
    """A table to write, its columns in order."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Format:
    """How the lines of a format are read; ``formats/index.ts`` explains each member."""

    name: str
    kind: str
    skip: str
    time_formats: tuple[str, ...]
    grok: str
    patterns: Mapping[str, str]
    fields: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Source:
    """Logs of one origin: all objects below ``location`` are in ``format``."""

    source: str
    location: str
    format: str


@dataclass(frozen=True)
class Plan:
    """What one run does. ``processed`` is the URI of the bucket to write to, without a slash at its end."""

    run_id: str
    dt: str
    processed: str
    sources: tuple[Source, ...]
    formats: Mapping[str, Format]
    tables: Mapping[str, Table]

    @property
    def run_location(self) -> str:
        """Folder of the run's own records."""
        return f"{self.processed}/_runs/{self.run_id}"

    def table_location(self, table: str) -> str:
        """Folder that the run writes ``table`` to, and nobody else does."""
        return f"{self.processed}/{table}/dt={self.dt}/run={self.run_id}"

    def format_of(self, source: Source) -> Format:
        """Format that the lines of ``source`` are in."""
        return self.formats[source.format]


def parse_plan(text: str) -> Plan:
    """Read a plan from its JSON; a ``PlanError`` names the member that is wrong and the value it has."""
    try:
        plan = json.loads(text)
    except ValueError as error:
        raise PlanError(f"plan is not JSON: {error}") from error
    version = _get(plan, "version", int, "")
    if version != 1:
        raise PlanError(f"plan: version must be 1, got {version}")
    formats = {name: _format(name, value) for name, value in _get(plan, "formats", dict, "").items()}
    tables = {name: _table(name, value) for name, value in _get(plan, "tables", dict, "").items()}
    sources = tuple(_source(index, value, formats) for index, value in enumerate(_get(plan, "sources", list, "")))
    if not sources:
        raise PlanError("plan: sources must name one source at least")
    names = [source.source for source in sources]
    if len(set(names)) < len(names):
        raise PlanError(f"plan: sources must have different names, got {', '.join(names)}")
    return Plan(
        run_id=_matching(plan, "runId", RUN_ID),
        dt=_matching(plan, "dt", DAY),
        processed=_uri(plan, "processed", "").rstrip("/"),
        sources=sources,
        formats=formats,
        tables=tables,
    )


def _source(index: int, value: object, formats: Mapping[str, Format]) -> Source:
    where = f"sources[{index}]."
    source = Source(
        source=_get(value, "source", str, where),
        location=_uri(value, "location", where),
        format=_get(value, "format", str, where),
    )
    if source.format not in formats:
        known = ", ".join(sorted(formats))
        raise PlanError(f"plan: {where}format must be one of formats ({known}), got {source.format}")
    return source


def _format(name: str, value: object) -> Format:
    where = f"formats.{name}."
    kind = _get(value, "kind", str, where)
    if kind not in ("text", "json"):
        raise PlanError(f"plan: {where}kind must be text or json, got {kind}")
    patterns: dict[str, str] = _get(value, "patterns", dict, where) if kind == "text" else {}
    fields: dict[str, list[str]] = _get(value, "fields", dict, where) if kind == "json" else {}
    return Format(
        name=_get(value, "name", str, where),
        kind=kind,
        skip=_get(value, "skip", str, where),
        time_formats=tuple(_get(value, "timeFormats", list, where)),
        grok=_get(value, "grok", str, where) if kind == "text" else "",
        patterns=patterns,
        fields={field: tuple(keys) for field, keys in fields.items()},
    )


def _table(name: str, value: object) -> Table:
    where = f"tables.{name}."
    columns = _get(value, "columns", list, where)
    return Table(
        name=_get(value, "name", str, where),
        columns=tuple(
            Column(
                _get(column, "name", str, f"{where}columns[{index}]."),
                _get(column, "type", str, f"{where}columns[{index}]."),
            )
            for index, column in enumerate(columns)
        ),
    )


def _get(value: object, key: str, kind: type[T], where: str) -> T:
    """Member ``key`` of ``value``, which must be of the type ``kind``."""
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, kind):
        raise PlanError(f"plan: {where}{key} must be of type {kind.__name__}, got {json.dumps(found)}")
    return found


def _matching(value: object, key: str, pattern: re.Pattern[str]) -> str:
    text = _get(value, key, str, "")
    if pattern.fullmatch(text) is None:
        raise PlanError(f"plan: {key} must match {pattern.pattern}, got {text}")
    return text


def _uri(value: object, key: str, where: str) -> str:
    uri = _get(value, key, str, where)
    if "://" not in uri:
        raise PlanError(f"plan: {where}{key} must be a URI such as s3://bucket/, got {uri}")
    return uri
