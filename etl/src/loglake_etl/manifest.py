"""The manifest: what a run of Spark says it wrote. It is written last, so without it there is no run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from loglake_etl.clients import S3
from loglake_etl.errors import LoadError

VERSION = 1


@dataclass(frozen=True)
class ProcessedTable:
    """One table's files of the run."""

    table: str
    location: str
    """``s3://`` URI of the run's own folder."""
    rows: int


@dataclass(frozen=True)
class Manifest:
    """Counts of the run, in lines and in rows."""

    run_id: str
    dt: str
    lines_in: int
    events: int
    quarantined: int
    skipped: int
    tables: tuple[ProcessedTable, ...]

    def table(self, name: str) -> ProcessedTable:
        """The table called ``name``."""
        for table in self.tables:
            if table.table == name:
                return table
        raise LoadError(f"manifest of run {self.run_id!r} has no table {name!r}")


def read_manifest(s3: S3, bucket: str, run_id: str, dt: str) -> Manifest:
    """The manifest of ``run_id``, which must be of ``dt`` and account for every line."""
    key = f"_runs/{run_id}/manifest.json"
    uri = f"s3://{bucket}/{key}"
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
            raise LoadError(
                f"no manifest, no run: {uri} is absent, so Spark has not finished run {run_id!r}"
            ) from error
        raise
    try:
        manifest = _manifest(json.loads(body), bucket)
    except (KeyError, TypeError, ValueError) as error:
        raise LoadError(f"manifest {uri} can't be read: {type(error).__name__}: {error}") from error
    _check(manifest, uri, run_id, dt)
    return manifest


def _manifest(content: Any, bucket: str) -> Manifest:
    if content["version"] != VERSION:
        raise ValueError(f"version must be {VERSION}, got {content['version']!r}")
    tables = tuple(
        ProcessedTable(table=str(table["table"]), location=str(table["location"]), rows=int(table["rows"]))
        for table in content["tables"]
    )
    for table in tables:
        if not table.location.startswith(f"s3://{bucket}/{table.table}/"):
            raise ValueError(f"location of {table.table!r} must lie in its folder of {bucket}, got {table.location!r}")
    return Manifest(
        run_id=str(content["runId"]),
        dt=str(content["dt"]),
        lines_in=int(content["linesIn"]),
        events=int(content["events"]),
        quarantined=int(content["quarantined"]),
        skipped=int(content["skipped"]),
        tables=tables,
    )


def _check(manifest: Manifest, uri: str, run_id: str, dt: str) -> None:
    if manifest.run_id != run_id:
        raise LoadError(f"manifest {uri} must be of run {run_id!r}, got {manifest.run_id!r}")
    if manifest.dt != dt:
        raise LoadError(f"manifest {uri} must be of dt {dt!r}, got {manifest.dt!r}")
    accounted = manifest.events + manifest.quarantined + manifest.skipped
    if accounted != manifest.lines_in:
        raise LoadError(f"manifest {uri} accounts for {accounted} of {manifest.lines_in} lines")
    if manifest.table("events").rows != manifest.events:
        rows = manifest.table("events").rows
        raise LoadError(f"manifest {uri} counts {manifest.events} events, but {rows} rows in their table")
