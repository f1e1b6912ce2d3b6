from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from loglake_spark.plan import Format, Table
from loglake_spark.session import create_session
from support import declared_formats, declared_tables, parsed_plan

# collected timestamps are in the zone of the process, whatever the session's is
os.environ["TZ"] = "UTC"
time.tzset()


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """The job's own session on two cores, with a JVM that starts fast rather than runs fast."""
    builder = SparkSession.builder.master("local[2]")
    builder.config("spark.ui.enabled", "false")
    builder.config("spark.ui.showConsoleProgress", "false")
    builder.config("spark.driver.memory", "1g")
    builder.config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    builder.config("spark.sql.shuffle.partitions", "2")
    session = create_session(builder)
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def formats() -> dict[str, Format]:
    """The formats of the repository, as a plan carries them."""
    return dict(parsed_plan(declared_formats(), declared_tables()).formats)


@pytest.fixture(scope="session")
def tables() -> dict[str, Table]:
    """The tables of the repository, as a plan carries them."""
    return dict(parsed_plan(declared_formats(), declared_tables()).tables)
