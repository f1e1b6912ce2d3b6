from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from loglake_etl.job import SPARK_CONF
from support import BUCKET, FolderS3


@pytest.fixture(scope="session")
def bucket_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("processed")


@pytest.fixture(scope="session")
def spark(bucket_folder: Path) -> Iterator[SparkSession]:
    """Spark whose bucket is a folder: Hadoop mounts it under the scheme s3, and the job's URIs stay as they are."""
    builder = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.default.parallelism", "2")
        .config("spark.hadoop.fs.s3.impl", "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme")
        .config("spark.hadoop.fs.viewfs.overload.scheme.target.s3.impl", "org.apache.hadoop.fs.LocalFileSystem")
    )
    for prefix in ("events", "sessions", "_staging"):
        (bucket_folder / prefix).mkdir()
        link = f"spark.hadoop.fs.viewfs.mounttable.{BUCKET}.link./{prefix}"
        builder = builder.config(link, (bucket_folder / prefix).as_uri())
    for name, value in SPARK_CONF.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def s3(bucket_folder: Path) -> FolderS3:
    return FolderS3(bucket_folder)


@pytest.fixture(autouse=True)
def aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test may reach a real account."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
