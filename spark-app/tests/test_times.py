from __future__ import annotations

from datetime import datetime

import pytest
from pyspark.sql import SparkSession

from loglake_spark.times import parse, plausible
from support import values_of

AT = datetime(2025, 10, 10, 13, 55, 36)
EVERY = ("iso8601", "epoch", "dd/MMM/yyyy:HH:mm:ss Z")

TIMES = {
    "2025-10-10T13:55:36Z": AT,
    "2025-10-10T13:55:36": AT,
    "2025-10-10 13:55:36": AT,
    "2025-10-10t13:55:36z": AT,
    "2025-10-10T15:55:36+02:00": AT,
    "2025-10-10T15:55:36+0200": AT,
    "2025-10-10 15:55:36 +0200": AT,
    "2025-10-10 13:55:36 UTC": AT,
    "2025-10-10T13:55:36.25Z": AT.replace(microsecond=250_000),
    "2025-10-10T13:55:36.123456789Z": AT.replace(microsecond=123_456),
    "2025-10-10 13:55:36,123": AT.replace(microsecond=123_000),
    "10/Oct/2025:15:55:36 +0200": AT,
    "1760104536": AT,
    "1760104536.25": AT.replace(microsecond=250_000),
    "1.76010453625E9": AT.replace(microsecond=250_000),
    "1760104536250": AT.replace(microsecond=250_000),
    "1760104536250000": AT.replace(microsecond=250_000),
    "1760104536250000000": AT.replace(microsecond=250_000),
    "2024-02-29T00:00:00Z": datetime(2024, 2, 29),
    "2025-02-29T00:00:00Z": None,
    "2025-10-10T25:00:00Z": None,
    "2025-10-10": None,
    "2025": datetime(1970, 1, 1, 0, 33, 45),
    "13:55": None,
    "10/Okt/2025:13:55:36 +0000": None,
    "-1": None,
    "yesterday": None,
    "": None,
}


@pytest.fixture(scope="module")
def parsed(spark: SparkSession) -> dict[str, datetime | None]:
    return dict(zip(TIMES, values_of(spark, list(TIMES), lambda text: parse(text, EVERY)), strict=True))


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_read(text: str, parsed: dict[str, datetime | None]) -> None:
    assert parsed[text] == TIMES[text]


def test_only_the_declared_formats_are_tried(spark: SparkSession) -> None:
    assert values_of(spark, ["1760104536", "2025-10-10T13:55:36Z"], lambda text: parse(text, ["iso8601"])) == [None, AT]


def test_a_time_before_1970_or_beyond_64_bits_of_nanoseconds_is_none(spark: SparkSession) -> None:
    times = [datetime(1969, 12, 31, 23, 59, 59), datetime(1970, 1, 1), datetime(2261, 12, 31), datetime(2300, 1, 1)]

    assert values_of(spark, times, plausible, "timestamp") == [None, times[1], times[2], None]
