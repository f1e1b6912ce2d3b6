"""When a request was received, from the many ways of writing it."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

ISO8601 = "iso8601"
EPOCH = "epoch"

# date, time and, from an offset on, a zone: Spark's own cast also takes 12:30 (today) and 2024 (its first day)
ISO8601_SHAPE = r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}([.,]\d+)?( ?([Zz]|UTC|[+-]\d{2}:?\d{2}))?$"

# units by size: 10^11 s is the year 5138, 10^11 ms is 1973
MILLISECONDS_FROM, MICROSECONDS_FROM, NANOSECONDS_FROM = 1e11, 1e14, 1e17

# what readers that count nanoseconds in 64 bits can hold; a zero time such as Go's, of the year 1, is no time
EARLIEST, LATEST = "1970-01-01 00:00:00", "2262-01-01 00:00:00"


def parse(text: Column, formats: Sequence[str]) -> Column:
    """``text`` as a timestamp by the first of ``formats`` that fits, null where none does.

    A format is ``iso8601``, ``epoch`` or a Java pattern. A time without a zone is in UTC.
    """
    return F.coalesce(*(parse_as(text, name) for name in formats))


def plausible(time: Column) -> Column:
    """``time``, or null where it is no time that a request can have been received at."""
    return F.when(time.between(F.lit(EARLIEST).cast("timestamp"), F.lit(LATEST).cast("timestamp")), time)


def parse_as(text: Column, name: str) -> Column:
    """``text`` as a timestamp by one format."""
    if name == ISO8601:
        # what the cast doesn't know: a comma before the fraction, a space before the zone
        plain = F.regexp_replace(F.regexp_replace(F.upper(text), ",", "."), r" ?(Z|UTC|[+-]\d{2}:?\d{2})$", "$1")
        return F.when(text.rlike(ISO8601_SHAPE), plain.cast("timestamp"))
    if name == EPOCH:
        return epoch(text)
    return F.to_timestamp(text, name)


def epoch(text: Column) -> Column:
    """A number of seconds, milliseconds, microseconds or nanoseconds since 1970."""
    number = F.when(text.rlike(r"^\d+(\.\d+)?([eE]\+?\d+)?$"), text.cast("decimal(38, 9)"))
    seconds = (
        F.when(number < MILLISECONDS_FROM, number)
        .when(number < MICROSECONDS_FROM, number / 1000)
        .when(number < NANOSECONDS_FROM, number / 1000000)
        .otherwise(number / 1000000000)
    )
    return seconds.cast("timestamp")
