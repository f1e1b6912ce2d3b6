"""The analyses: each makes one table of the events, or of those made before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from pyspark.sql import DataFrame

from loglake_spark.analyses.clients import clients
from loglake_spark.analyses.errors import error_rates
from loglake_spark.analyses.requests import requests_by_hour, requests_by_path, requests_by_status
from loglake_spark.analyses.sessions import sessions

Analysis: TypeAlias = Callable[[DataFrame], DataFrame]

# table -> what makes it of the events
ANALYSES: Mapping[str, Analysis] = {
    "requests_by_hour": requests_by_hour,
    "requests_by_path": requests_by_path,
    "requests_by_status": requests_by_status,
    "clients": clients,
    "sessions": sessions,
    "error_rates": error_rates,
}
